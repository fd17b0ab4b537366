import { dirname } from "node:path";
import type { TokenRule } from "../../access/token-gate.js";
import type { Role } from "../../model/caller.js";
import { ENTRY_SLACK_BYTES, type Limits } from "../../model/limits.js";
import type { NamespaceQuotas } from "../../model/namespace-quota.js";
import type { UnsafeFileSystem } from "../../store/lmdb/file-system.js";
import type { LogFormat, LogLevel } from "../log.js";
import { ConfigError } from "./config-error.js";
import type { FileValue } from "./config-file.js";
import type { ConfigSources } from "./config-sources.js";
import { nonEmpty } from "./default-paths.js";
import { type ListenEntry, placeOf } from "./listen-entry.js";
import { ENTRY_SEPARATOR } from "./listen-kind.js";
import { isNamespaceQuota, namespaceQuotas } from "./namespace-quotas.js";
import { type OpenedConfigFile, openConfigFile } from "./open-config-file.js";
import type { Setting, SettingKind } from "./setting.js";
import { SettingTextError } from "./setting-text-error.js";
import { CONFIG_FILE, LIMIT_SETTINGS, QUOTA_SETTINGS, SETTINGS } from "./settings.js";

/** How a daemon is to run. Paths are absolute. */
export interface DaemonConfig {
  readonly dataDir: string;
  readonly socketPath: string;
  readonly socketMode: number;
  /** Name or number. */
  readonly socketGroup: string | undefined;
  readonly socketRole: Role;
  readonly socketTokens: TokenRule;
  /** Where else to listen. */
  readonly listen: readonly ListenEntry[];
  /** Most connections of one user on all Unix sockets; as many as there may be where unset. */
  readonly connectionsPerUserMax?: number | undefined;
  readonly mapSizeBytes: number;
  /** A file system that the store may be on though nothing is promised there. */
  readonly unsafeAllowFs?: UnsafeFileSystem | undefined;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  readonly limits: Limits;
  /** What namespaces may take up; without limit where unset. */
  readonly quotas?: NamespaceQuotas;
}

/** A setting's value as people write it, and where it came from. */
export interface ConfigOrigin {
  /** Undefined where nothing is set and nothing is the default. */
  readonly value: string | undefined;
  /** `flag --data`, `environment SEGLOG_DATA`, `file /etc/seglog/seglog.toml` or `default`. */
  readonly origin: string;
}

/** A configuration, and by the name of each setting where its value came from. */
export interface LoadedConfig {
  readonly config: DaemonConfig;
  /** `config` (the file, where one was read), then every setting in the order of the table, then the quotas of single namespaces. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>;
}

/**
 * Puts a configuration together: flags over environment over file over defaults.
 *
 * @throws ConfigError
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const file = openConfigFile(sources, isNamespaceQuota);
  const origins = new Map<string, ConfigOrigin>([[CONFIG_FILE.name, { value: file?.path, origin: file?.origin ?? "default" }]]);
  const told = (setting: Setting<unknown>): Told | undefined => find(setting, sources, file);

  function read<Value>(setting: Setting<Value>): Value | undefined {
    const found = told(setting);
    const value = found === undefined ? setting.defaultOf({ env: sources.env, dataSet }) : parseTold(setting, found);
    origins.set(setting.name, {
      value: value === undefined ? undefined : setting.kind.format(value),
      origin: found?.origin ?? "default",
    });
    return value;
  }

  function need<Value>(setting: Setting<Value>): Value {
    const value = read(setting);
    if (value === undefined) throw new ConfigError(`${setting.name} is not set; wanted ${setting.kind.wanted}`);
    return value;
  }

  const dataTold = told(SETTINGS.data);
  const dataSet = dataTold === undefined ? undefined : parseTold(SETTINGS.data, dataTold);
  const config: DaemonConfig = {
    dataDir: need(SETTINGS.data),
    socketPath: need(SETTINGS.socket),
    socketMode: need(SETTINGS.socketMode),
    socketGroup: read(SETTINGS.socketGroup),
    socketRole: need(SETTINGS.socketRole),
    socketTokens: need(SETTINGS.socketTokens),
    listen: read(SETTINGS.listen) ?? [],
    connectionsPerUserMax: read(SETTINGS.connectionsPerUserMax),
    mapSizeBytes: need(SETTINGS.mapSize),
    unsafeAllowFs: read(SETTINGS.unsafeAllowFs),
    logFormat: need(SETTINGS.logFormat),
    logLevel: need(SETTINGS.logLevel),
    limits: mapLimits(need),
    quotas: {
      defaults: {
        sessionsMax: read(QUOTA_SETTINGS.sessionsMax),
        bytesMax: read(QUOTA_SETTINGS.bytesMax),
        tailsMax: read(QUOTA_SETTINGS.tailsMax),
        entriesPerSecondMax: read(QUOTA_SETTINGS.entriesPerSecondMax),
      },
      byName: namespaceQuotas(
        file,
        (setting, tomlKey) => parseTold({ ...setting, tomlKey }, toldInFile(file, tomlKey)),
        (name, value) => origins.set(name, { value, origin: `file ${file?.path}` }),
      ),
    },
  };
  checkTogether(config.limits, origins);
  checkPlaces(config);
  return { config, origins };
}

function mapLimits(read: (setting: Setting<number>) => number): Limits {
  const values = Object.entries(LIMIT_SETTINGS).map(([name, setting]) => [name, read(setting)]);
  return Object.fromEntries(values) as Record<keyof Limits, number>; // the table has a row for each, and no other
}

/** A value that somebody told: what, and where. */
interface Told extends FileValue {
  readonly origin: string;
  /** What a relative path starts from. */
  readonly folder: string;
}

function find(setting: Setting<unknown>, { flags, env, cwd }: ConfigSources, file: OpenedConfigFile | undefined): Told | undefined {
  const flag = flags[setting.name];
  if (flag !== undefined) return { text: flagText(flag), isInteger: false, origin: `flag ${setting.flag}`, folder: cwd };
  const variable = nonEmpty(env[setting.env]);
  if (variable !== undefined) return { text: variable, isInteger: false, origin: `environment ${setting.env}`, folder: cwd };
  return file?.values.has(setting.tomlKey) ? toldInFile(file, setting.tomlKey) : undefined;
}

function toldInFile(file: OpenedConfigFile | undefined, tomlKey: string): Told {
  const value = file?.values.get(tomlKey);
  if (file === undefined || value === undefined) throw new Error(`no file has the key ${tomlKey}`);
  return { ...value, origin: `file ${file.path}`, folder: dirname(file.path) };
}

function flagText(flag: unknown): string {
  return Array.isArray(flag) ? flag.join(ENTRY_SEPARATOR) : String(flag);
}

function parseTold<Value>({ kind, tomlKey }: Setting<Value>, told: Told): Value {
  const where = told.origin.startsWith("file ") ? `key ${tomlKey} of ${told.origin}` : told.origin;
  const value = told.isInteger && !kind.takesTomlInteger ? undefined : parseOrRefuse(kind, told, where);
  if (value !== undefined) return value;
  throw new ConfigError(`${where} is ${JSON.stringify(told.text)}; wanted ${kind.wanted}`);
}

function parseOrRefuse<Value>(kind: SettingKind<Value>, { text, folder }: Told, where: string): Value | undefined {
  try {
    return kind.parse(text, folder);
  } catch (error) {
    if (!(error instanceof SettingTextError)) throw error;
    throw new ConfigError(`${where} ${error.message}`, { cause: error });
  }
}

/** One socket each: of two in one place, the second would find the first one alive. */
function checkPlaces({ socketPath, listen }: DaemonConfig): void {
  const isChosen = (entry: ListenEntry): boolean => entry.transport === "unix" || entry.port !== 0; // 0 is any that is free
  const places = [`unix:${socketPath}`, ...listen.filter(isChosen).map(placeOf)];
  const twice = places.find((place, i) => places.indexOf(place) < i);
  if (twice !== undefined) throw new ConfigError(`the daemon is to listen twice on ${twice}; wanted a place of its own for each`);
}

/** Limits that shut each other out: an entry must fit into a request, and a request among the writes in flight. */
function checkTogether(limits: Limits, origins: ReadonlyMap<string, ConfigOrigin>): void {
  const { entryBytesMax, requestBytesMax, writeBytesInFlightMax } = LIMIT_SETTINGS;
  const shown = ({ name }: Setting<number>): string => `${name} (${origins.get(name)?.value}, ${origins.get(name)?.origin})`;
  if (limits.entryBytesMax + ENTRY_SLACK_BYTES > limits.requestBytesMax) {
    throw new ConfigError(
      `${shown(entryBytesMax)} leaves no room in ${shown(requestBytesMax)}; wanted a request larger than an entry by 1KiB or more`,
    );
  }
  if (limits.requestBytesMax > limits.writeBytesInFlightMax) {
    throw new ConfigError(`${shown(requestBytesMax)} is above ${shown(writeBytesInFlightMax)}; wanted room for one request or more`);
  }
}
