import { parse, TomlError } from "smol-toml";
import { ConfigError } from "./config-error.js";
import { listenTablesText } from "./listen-tables.js";
import { nearestName } from "./nearest-name.js";

/** A value of the file: its text, and whether it was a TOML integer. */
export interface FileValue {
  readonly text: string;
  readonly isInteger: boolean;
}

/**
 * Reads the text of a configuration file into its values, by key such as `limits.tails_max`.
 *
 * @throws ConfigError where it is not TOML, has a key that is not known, or a value that is neither text nor an
 * integer; `listen` may be tables
 */
export function parseConfigFile(params: {
  readonly path: string;
  readonly text: string;
  readonly knownKeys: readonly string[];
  /** Whether a key is known that has a name of somebody's own in it. */
  readonly isKnown?: (key: string) => boolean;
}): ReadonlyMap<string, FileValue> {
  const values = new Map<string, FileValue>();
  for (const [key, value] of flatten(parseToml(params.path, params.text), "")) {
    if (!params.knownKeys.includes(key) && params.isKnown?.(key) !== true) throw unknownKey(params, key);
    values.set(key, fileValue(params.path, key, value));
  }
  return values;
}

function parseToml(path: string, text: string): object {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what] = error.message.split("\n");
    throw new ConfigError(`line ${error.line}, column ${error.column} of file ${path}: ${what}`, { cause: error });
  }
}

function* flatten(table: object, prefix: string): Generator<readonly [string, unknown]> {
  for (const [key, value] of Object.entries(table)) {
    if (isTable(value)) yield* flatten(value, `${prefix}${key}.`);
    else yield [`${prefix}${key}`, value];
  }
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function fileValue(path: string, key: string, value: unknown): FileValue {
  if (typeof value === "string") return { text: value, isInteger: false };
  if (key === "listen" && Array.isArray(value)) return { text: listenTablesText(value, `key ${key} of file ${path}`), isInteger: false };
  if (Number.isSafeInteger(value)) return { text: String(value), isInteger: true };
  const type = Array.isArray(value) ? "an array" : value instanceof Date ? "a date" : `a ${typeof value}`;
  throw new ConfigError(`key ${key} of file ${path} is ${type}; wanted text or a whole number`);
}

function unknownKey({ path, knownKeys }: { readonly path: string; readonly knownKeys: readonly string[] }, key: string): ConfigError {
  const nearest = nearestName(key, knownKeys);
  const hint = nearest === undefined ? `the keys are ${knownKeys.join(", ")}` : `did you mean ${nearest}?`;
  return new ConfigError(`there is no key ${key}, as in file ${path}; ${hint}`);
}
