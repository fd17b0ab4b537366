import { TOKEN_RULES } from "../../access/token-gate.js";
import { ROLES } from "../../model/caller.js";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { NamespaceQuota } from "../../model/namespace-quota.js";
import { UNSAFE_FILE_SYSTEMS } from "../../store/lmdb/file-system.js";
import { LOG_FORMATS, LOG_LEVELS } from "../log.js";
import { defaultDataDir, defaultSocketPath } from "./default-paths.js";
import { LISTEN_KIND } from "./listen-kind.js";
import { defineSetting, namesOf, type Setting, type SettingText } from "./setting.js";
import { bytesKind, choiceKind, durationKind, integerKind, MODE_KIND, PATH_KIND, WORD_KIND } from "./setting-kinds.js";

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const DAY_MS = 86_400_000;

/** The settings that are limits. Their bounds keep typing errors out; they are no advice. */
export const LIMIT_SETTINGS = {
  entryBytesMax: defineSetting({
    name: "entryBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: KIB, max: 64 * MIB }),
    defaultOf: () => DEFAULT_LIMITS.entryBytesMax,
    description: "Largest entry as sent",
  }),
  requestBytesMax: defineSetting({
    name: "requestBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: 4 * KIB, max: 256 * MIB }),
    defaultOf: () => DEFAULT_LIMITS.requestBytesMax,
    description: "Largest request as sent; clients may have a limit of their own for what they receive, 4MiB as a rule",
  }),
  appendEntriesMax: defineSetting({
    name: "appendEntriesMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 100_000 }),
    defaultOf: () => DEFAULT_LIMITS.appendEntriesMax,
    description: "Most entries in one Append, and most items in one SaveDelta",
  }),
  forkDepthMax: defineSetting({
    name: "forkDepthMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 100_000 }),
    defaultOf: () => DEFAULT_LIMITS.forkDepthMax,
    description: "Longest chain of bases above a fork",
  }),
  tailsMax: defineSetting({
    name: "tailsMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000 }),
    defaultOf: () => DEFAULT_LIMITS.tailsMax,
    description: "Most tails open at once",
  }),
  writesInFlightMax: defineSetting({
    name: "writesInFlightMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000 }),
    defaultOf: () => DEFAULT_LIMITS.writesInFlightMax,
    description: "Most writes that wait for their commit at once",
  }),
  writeBytesInFlightMax: defineSetting({
    name: "writeBytesInFlightMax",
    tomlTable: "limits",
    kind: bytesKind({ min: 4 * KIB, max: 16 * GIB }),
    defaultOf: () => DEFAULT_LIMITS.writeBytesInFlightMax,
    description: "Most bytes of writes that wait for their commit at once",
  }),
  slowObserverMs: defineSetting({
    name: "slowObserver",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.slowObserverMs,
    description: "How long an observer may stand still with data waiting before it is cut off",
  }),
  keptStateBytesMax: defineSetting({
    name: "keptStateBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: 0, max: 16 * GIB }),
    defaultOf: () => DEFAULT_LIMITS.keptStateBytesMax,
    description: "Most memory for replayed states that are kept for the next restore; 0 keeps none",
  }),
  hungCommitMs: defineSetting({
    name: "hungCommit",
    tomlTable: "limits",
    kind: durationKind({ min: 100, max: DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.hungCommitMs,
    description: "How long a commit may take before the disk counts as hung and the daemon ends",
  }),
  connectionsMax: defineSetting({
    name: "connectionsMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000 }),
    defaultOf: () => DEFAULT_LIMITS.connectionsMax,
    description: "Most connections open at once",
  }),
  callsPerConnectionMax: defineSetting({
    name: "callsPerConnectionMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 100_000 }),
    defaultOf: () => DEFAULT_LIMITS.callsPerConnectionMax,
    description: "Most calls open at once on one connection; clients wait with more",
  }),
  tailsPerConnectionMax: defineSetting({
    name: "tailsPerConnectionMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 100_000 }),
    defaultOf: () => DEFAULT_LIMITS.tailsPerConnectionMax,
    description: "Most tails open at once on one connection",
  }),
  headerBytesMax: defineSetting({
    name: "headerBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: KIB, max: MIB }),
    defaultOf: () => DEFAULT_LIMITS.headerBytesMax,
    description: "Longest headers of a call, each with 32 bytes more as HTTP/2 counts them",
  }),
  headersMax: defineSetting({
    name: "headersMax",
    tomlTable: "limits",
    kind: integerKind({ min: 16, max: 10_000 }),
    defaultOf: () => DEFAULT_LIMITS.headersMax,
    description: "Most headers of a call",
  }),
  resetsMax: defineSetting({
    name: "resetsMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1000 }),
    defaultOf: () => DEFAULT_LIMITS.resetsMax,
    description: "Most calls of one connection that are reset before their answer, in 10 seconds",
  }),
  handshakeMs: defineSetting({
    name: "handshake",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.handshakeMs,
    description: "How long a new connection may take to say what HTTP/2 begins with",
  }),
  idleConnectionMs: defineSetting({
    name: "idleConnection",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: 365 * DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.idleConnectionMs,
    description: "How long a connection without calls is kept",
  }),
  keepaliveMs: defineSetting({
    name: "keepalive",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: 365 * DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.keepaliveMs,
    description: "Time between two PINGs to a client that has calls open and makes no new ones",
  }),
  keepaliveTimeoutMs: defineSetting({
    name: "keepaliveTimeout",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.keepaliveTimeoutMs,
    description: "How long a PING may stay unanswered",
  }),
  unaryCallMs: defineSetting({
    name: "unaryCall",
    tomlTable: "limits",
    kind: durationKind({ min: 10, max: DAY_MS }),
    defaultOf: () => DEFAULT_LIMITS.unaryCallMs,
    description: "How long a call with one answer may take, and how long the rest of a request that has begun",
  }),
  heldBytesPerConnectionMax: defineSetting({
    name: "heldBytesPerConnectionMax",
    tomlTable: "limits",
    kind: bytesKind({ min: MIB, max: 16 * GIB }),
    defaultOf: () => DEFAULT_LIMITS.heldBytesPerConnectionMax,
    description: "Most bytes held for one connection of unfinished requests, and as many of unread answers",
  }),
  memoryBytesMax: defineSetting({
    name: "memoryBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: 64 * MIB, max: TIB }),
    defaultOf: () => DEFAULT_LIMITS.memoryBytesMax,
    description: "Memory of the daemon (RssAnon) above which calls are refused",
  }),
} satisfies Record<keyof Limits, Setting<number>>;

/** What each namespace may take up, where the file has nothing else for it: the defaults of NamespaceQuota's fields. */
export const QUOTA_SETTINGS = {
  sessionsMax: defineSetting({
    name: "namespaceSessionsMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000_000 }),
    defaultOf: () => undefined,
    description: "Most sessions in each namespace",
  }),
  bytesMax: defineSetting({
    name: "namespaceBytesMax",
    tomlTable: "limits",
    kind: bytesKind({ min: KIB, max: 64 * TIB }),
    defaultOf: () => undefined,
    description: "Most bytes of entries and traces, as stored, in each namespace",
  }),
  tailsMax: defineSetting({
    name: "namespaceTailsMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000 }),
    defaultOf: () => undefined,
    description: "Most tails of each namespace's callers open at once",
  }),
  entriesPerSecondMax: defineSetting({
    name: "namespaceEntriesPerSecondMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000_000 }),
    defaultOf: () => undefined,
    description: "Entries that may be added to each namespace in a second, as many of them at once",
  }),
} satisfies Record<keyof NamespaceQuota, Setting<number>>;

/** Every setting of the daemon: what drives flags, environment, file, defaults and the documentation of them. */
export const SETTINGS = {
  data: defineSetting({
    name: "data",
    kind: PATH_KIND,
    defaultOf: ({ env }) => defaultDataDir(env),
    defaultText: "$XDG_STATE_HOME/seglog, or ~/.local/state/seglog",
    description: "Folder that the store is kept in; created with mode 0700",
  }),
  socket: defineSetting({
    name: "socket",
    kind: PATH_KIND,
    defaultOf: ({ env, dataSet }) => defaultSocketPath(env, dataSet),
    defaultText: "run/seglog.sock in the data folder where that is set; otherwise $XDG_RUNTIME_DIR/seglog/seglog.sock",
    description: "Unix socket that the daemon listens on",
  }),
  socketMode: defineSetting({
    name: "socketMode",
    kind: MODE_KIND,
    defaultOf: () => 0o600,
    description: "Permissions of the socket; whoever may write to it may do what its role says",
  }),
  socketGroup: defineSetting({
    name: "socketGroup",
    kind: WORD_KIND,
    defaultOf: () => undefined,
    description: "Group that the socket belongs to, by name or number",
  }),
  socketRole: defineSetting({
    name: "socketRole",
    kind: choiceKind(ROLES),
    defaultOf: () => "admin" as const,
    description: "The most that callers on the socket may do: read, append as well, or admin for all that the daemon can",
  }),
  socketTokens: defineSetting({
    name: "socketTokens",
    kind: choiceKind(TOKEN_RULES),
    defaultOf: () => "optional" as const,
    description: "Whether callers on the socket must send a token, may send one that then limits them, or have it passed over",
  }),
  listen: defineSetting({
    name: "listen",
    kind: LISTEN_KIND,
    defaultOf: () => undefined,
    description:
      "Where else the daemon listens, such as unix:/run/seglog/read.sock,role=read,mode=0660 or tcp:127.0.0.1:7443,role=append; may be repeated",
  }),
  connectionsPerUserMax: defineSetting({
    name: "connectionsPerUserMax",
    tomlTable: "limits",
    kind: integerKind({ min: 1, max: 1_000_000 }),
    defaultOf: () => undefined,
    description: "Most connections of one user of this machine on all sockets; needs the optional package koffi",
  }),
  mapSize: defineSetting({
    name: "mapSize",
    kind: bytesKind({ min: MIB, max: 64 * TIB }),
    defaultOf: () => 256 * GIB,
    description: "Size that the store can grow to; address space, neither memory nor disk",
  }),
  unsafeAllowFs: defineSetting({
    name: "unsafeAllowFs",
    kind: choiceKind(UNSAFE_FILE_SYSTEMS),
    defaultOf: () => undefined,
    description: "File system that the store is kept on though nothing is promised there",
  }),
  logFormat: defineSetting({
    name: "logFormat",
    kind: choiceKind(LOG_FORMATS),
    defaultOf: () => "auto" as const,
    description: "Form of the log lines on standard error; auto is text on a terminal and JSON elsewhere",
  }),
  logLevel: defineSetting({
    name: "logLevel",
    kind: choiceKind(LOG_LEVELS),
    defaultOf: () => "info" as const,
    description: "Least level that is logged",
  }),
  ...LIMIT_SETTINGS,
  namespaceSessionsMax: QUOTA_SETTINGS.sessionsMax,
  namespaceBytesMax: QUOTA_SETTINGS.bytesMax,
  namespaceTailsMax: QUOTA_SETTINGS.tailsMax,
  namespaceEntriesPerSecondMax: QUOTA_SETTINGS.entriesPerSecondMax,
} as const;

/** The configuration file: a setting that cannot stand in the file itself. */
export const CONFIG_FILE = {
  ...namesOf("config"),
  placeholder: "<path>",
  description: "Configuration file in TOML",
  defaultText: "$XDG_CONFIG_HOME/seglog/seglog.toml, then /etc/seglog/seglog.toml, where one is there",
} as const satisfies SettingText;

/** What usage texts list, in this order. */
export const SETTING_TEXTS: readonly SettingText[] = [CONFIG_FILE, ...Object.values(SETTINGS)];
