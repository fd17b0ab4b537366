import { nearestName } from "./nearest-name.js";
import type { SettingKind } from "./setting.js";
import { SettingTextError } from "./setting-text-error.js";

/** What stands behind the address of an entry: `key=value`, each key once. */
export class EntryOptions {
  readonly #address: string;
  readonly #folder: string;
  readonly #values = new Map<string, string>();

  /** @throws SettingTextError where an option is not known, or told twice */
  constructor(params: {
    readonly address: string;
    readonly known: readonly string[];
    readonly told: readonly string[];
    /** What relative paths start from. */
    readonly folder: string;
  }) {
    const { address, known, told, folder } = params;
    this.#address = address;
    this.#folder = folder;
    for (const option of told) {
      const [key, value] = splitAt(option, "=");
      if (!known.includes(key)) throw unknownOption(address, key, known);
      if (this.#values.has(key)) throw new SettingTextError(`has ${key} twice for ${address}; wanted it once`);
      this.#values.set(key, value);
    }
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** @throws SettingTextError where it is there and no such value */
  read<Value>(key: string, kind: SettingKind<Value>): Value | undefined {
    const text = this.#values.get(key);
    if (text === undefined) return undefined;
    const value = kind.parse(text, this.#folder);
    if (value === undefined) throw new SettingTextError(`has ${key}=${text} for ${this.#address}; wanted ${kind.wanted}`);
    return value;
  }

  /** @throws SettingTextError where it is not there, or no such value */
  need<Value>(key: string, kind: SettingKind<Value>): Value {
    const value = this.read(key, kind);
    if (value === undefined) throw new SettingTextError(`has no ${key} for ${this.#address}; wanted ${kind.wanted}`);
    return value;
  }
}

/** A text before and behind the first separator; all of it before where there is none. */
export function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function unknownOption(address: string, key: string, known: readonly string[]): SettingTextError {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `the options are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new SettingTextError(`has ${JSON.stringify(key)} for ${address}, which is no option of it; ${hint}`);
}
