import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { errorCode } from "../../store/error-code.js";
import { ConfigError } from "./config-error.js";
import { type FileValue, parseConfigFile } from "./config-file.js";
import type { ConfigSources } from "./config-sources.js";
import { defaultConfigFiles, nonEmpty } from "./default-paths.js";
import { CONFIG_FILE, SETTINGS } from "./settings.js";

/** A configuration file that was read. */
export interface OpenedConfigFile {
  readonly path: string;
  /** Who named it; `default` where it was looked for and found. */
  readonly origin: string;
  readonly values: ReadonlyMap<string, FileValue>;
}

/**
 * Reads the file that flag or environment name, or else the first default one that is there.
 *
 * @param isKnown whether a key is known that is no setting's
 * @throws ConfigError where the named file is not there, or one is not as it must be
 */
export function openConfigFile(
  { flags, env, cwd, readFile }: ConfigSources,
  isKnown: (key: string) => boolean = () => false,
): OpenedConfigFile | undefined {
  const named = namedFile(flags, env);
  for (const path of named === undefined ? defaultConfigFiles(env) : [resolve(cwd, named.path)]) {
    const text = readFile(path);
    if (text === undefined) continue;
    const knownKeys = Object.values(SETTINGS).map((setting) => setting.tomlKey);
    return { path, origin: named?.origin ?? "default", values: parseConfigFile({ path, text, knownKeys, isKnown }) };
  }
  if (named === undefined) return undefined;
  throw new ConfigError(`${named.origin} names ${resolve(cwd, named.path)}, but there is no such file`);
}

/**
 * The text of a file, undefined where there is none: what ConfigSources.readFile is outside of tests.
 *
 * @throws ConfigError where it is there and cannot be read
 */
export function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigError(`file ${path} cannot be read: ${code}`, { cause: error });
  }
}

function namedFile(
  flags: ConfigSources["flags"],
  env: ConfigSources["env"],
): { readonly path: string; readonly origin: string } | undefined {
  const flag = flags[CONFIG_FILE.name];
  if (flag !== undefined) return { path: String(flag), origin: `flag ${CONFIG_FILE.flag}` };
  const variable = nonEmpty(env[CONFIG_FILE.env]);
  return variable === undefined ? undefined : { path: variable, origin: `environment ${CONFIG_FILE.env}` };
}
