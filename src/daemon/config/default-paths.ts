import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Environment } from "./setting.js";

/** Where the store is kept where nobody says: `$XDG_STATE_HOME/seglog` or `~/.local/state/seglog`. */
export function defaultDataDir(env: Environment): string {
  return join(xdgFolder(env, "XDG_STATE_HOME") ?? join(home(env), ".local", "state"), "seglog");
}

/**
 * The socket where nobody says.
 *
 * A daemon with a data folder of its own listens in there, so that two daemons do not meet on one
 * socket; otherwise it is `$XDG_RUNTIME_DIR/seglog/seglog.sock`, or within the default data folder.
 *
 * @param dataSet the data folder where somebody set it
 */
export function defaultSocketPath(env: Environment, dataSet: string | undefined = undefined): string {
  if (dataSet !== undefined) return socketIn(dataSet);
  const runtimeDir = xdgFolder(env, "XDG_RUNTIME_DIR");
  return runtimeDir === undefined ? socketIn(defaultDataDir(env)) : join(runtimeDir, "seglog", "seglog.sock");
}

/**
 * The socket that a client connects to: the flag, SEGLOG_SOCKET, or where a daemon of the same
 * environment listens by default. Files are not read.
 */
export function clientSocketPath(from: { readonly flag: string | undefined; readonly env: Environment; readonly cwd: string }): string {
  const told = from.flag ?? nonEmpty(from.env.SEGLOG_SOCKET);
  if (told !== undefined) return resolve(from.cwd, told);
  const data = nonEmpty(from.env.SEGLOG_DATA);
  return defaultSocketPath(from.env, data === undefined ? undefined : resolve(from.cwd, data));
}

/** The configuration files that are looked for where nobody names one; the first that is there is read. */
export function defaultConfigFiles(env: Environment): readonly string[] {
  const configHome = xdgFolder(env, "XDG_CONFIG_HOME") ?? join(home(env), ".config");
  return [join(configHome, "seglog", "seglog.toml"), "/etc/seglog/seglog.toml"];
}

/** The text, unless it is empty. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function socketIn(dataDir: string): string {
  return join(dataDir, "run", "seglog.sock");
}

/** The XDG specification has relative paths ignored. */
function xdgFolder(env: Environment, name: string): string | undefined {
  const folder = env[name];
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

function home(env: Environment): string {
  return nonEmpty(env.HOME) ?? homedir();
}
