/** Environment variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How values of one type are written by people and read from them. */
export interface SettingKind<Value> {
  /** What stands for a value in usage texts, such as `<size>`. */
  readonly placeholder: string;
  /** What is accepted, as a phrase that follows "wanted". */
  readonly wanted: string;
  /** Whether a bare TOML integer is a value too; a TOML string always may be. */
  readonly takesTomlInteger: boolean;
  /** Whether the flag may be given several times. Its texts are joined with `;` then. */
  readonly isRepeatable?: boolean;
  /**
   * Reads a value.
   *
   * @param folder what a relative path starts from
   * @returns undefined where the text is none
   * @throws SettingTextError where there is more to say than what is wanted
   */
  parse(text: string, folder: string): Value | undefined;
  /** The value as `parse` would read it. */
  format(value: Value): string;
}

/** What a setting is called, and what there is to say of it: all that usage texts need. */
export interface SettingText {
  /** Key in the configuration and of the parsed flags, such as `socketMode`. */
  readonly name: string;
  /** Such as `--socket-mode`. */
  readonly flag: string;
  /** Such as `SEGLOG_SOCKET_MODE`. */
  readonly env: string;
  /** Such as `<mode>`. */
  readonly placeholder: string;
  /** One sentence without its full stop. */
  readonly description: string;
  /** What holds where nobody sets it. */
  readonly defaultText: string;
  /** Whether the flag may be given several times. */
  readonly isRepeatable?: boolean;
}

/** What a default may depend on. */
export interface DefaultPlace {
  readonly env: Environment;
  /** The data folder where somebody set it; undefined where it is a default itself. */
  readonly dataSet: string | undefined;
}

/** One setting of the daemon. */
export interface Setting<Value> extends SettingText {
  /** Key in the TOML file, such as `limits.entry_bytes_max`. */
  readonly tomlKey: string;
  readonly kind: SettingKind<Value>;
  defaultOf(place: DefaultPlace): Value | undefined;
}

/** What a row of the table says; flag and environment variable follow from its name. */
export interface SettingRow<Name extends string, Value> {
  readonly name: Name;
  /** TOML table that it stands in; none for the top level. */
  readonly tomlTable?: string;
  readonly kind: SettingKind<Value>;
  readonly defaultOf: (place: DefaultPlace) => NoInfer<Value> | undefined;
  /** Where the default depends on its place: how. */
  readonly defaultText?: string;
  readonly description: string;
}

/** Completes a row of the table. */
export function defineSetting<Name extends string, Value>(row: SettingRow<Name, Value>): Setting<Value> & { readonly name: Name } {
  const { name, tomlTable, kind, defaultOf, description } = row;
  const key = wordsOf(name).join("_");
  return {
    ...namesOf(name),
    tomlKey: tomlTable === undefined ? key : `${tomlTable}.${key}`,
    kind,
    placeholder: kind.placeholder,
    isRepeatable: kind.isRepeatable ?? false,
    description,
    defaultOf,
    defaultText: row.defaultText ?? fixedDefault(row),
  };
}

/** Flag and environment variable of a setting. */
export function namesOf<Name extends string>(name: Name): { readonly name: Name; readonly flag: string; readonly env: string } {
  const words = wordsOf(name);
  return { name, flag: `--${words.join("-")}`, env: `SEGLOG_${words.join("_").toUpperCase()}` };
}

function wordsOf(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

function fixedDefault<Value>({ kind, defaultOf }: SettingRow<string, Value>): string {
  const value = defaultOf({ env: {}, dataSet: undefined });
  return value === undefined ? "none" : kind.format(value);
}
