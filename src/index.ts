/**
 * seglog, embedded: the daemon in a process of your own.
 *
 * @packageDocumentation
 */

export type { DaemonConfig } from "./daemon/config/load-config.js";
export { type Daemon, type DaemonOptions, startDaemon } from "./daemon/daemon.js";
export { createLogger, type Logger } from "./daemon/log.js";
export { DEFAULT_LIMITS, type Limits } from "./model/limits.js";
