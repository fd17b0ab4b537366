import { readFileSync } from "node:fs";
import type { ClientTls } from "../client/client-credentials.js";
import type { ClientSettings, ClientTarget } from "../client/service-client.js";
import { clientSocketPath, nonEmpty } from "../daemon/config/default-paths.js";
import { errorCode } from "../store/error-code.js";
import { CommandError, flagsError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

const PORT_MAX = 65_535;

/** What every command that talks to the daemon can be told of the way there. */
export interface TargetOptions {
  readonly socket?: string;
  readonly address?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** Where a daemon is, and what is shown to it. */
export interface ToldTarget {
  readonly target: ClientTarget;
  readonly settings: ClientSettings;
  /** As a person would say it. */
  readonly place: string;
}

/**
 * Where flags and environment say that the daemon is; flags win. A socket's path, where nobody says: the one where a
 * daemon of the same environment listens.
 *
 * @throws CommandError where two places are told, an address is none, or a file cannot be read
 */
export function clientTarget(options: TargetOptions): ToldTarget {
  const { env } = process;
  const address = addressOf(options);
  const target: ClientTarget =
    address === undefined ? { socket: clientSocketPath({ flag: options.socket, env, cwd: process.cwd() }) } : { address };
  const token = tokenOf(options);
  const tls = tlsOf(options);
  return {
    target,
    settings: { ...(token !== undefined && { token }), ...(tls !== undefined && { tls }) },
    place: "socket" in target ? target.socket : target.address,
  };
}

function addressOf({ socket, address }: TargetOptions): string | undefined {
  if (socket !== undefined && address !== undefined) {
    throw flagsError("--socket and --address name two places; wanted one of them");
  }
  if (address !== undefined) return checkedAddress(address, "--address");
  if (socket !== undefined || nonEmpty(process.env.SEGLOG_SOCKET) !== undefined) return undefined;
  const told = nonEmpty(process.env.SEGLOG_ADDRESS);
  return told === undefined ? undefined : checkedAddress(told, "$SEGLOG_ADDRESS");
}

/** Without a port the library would take one of its own. */
function checkedAddress(address: string, from: string): string {
  const [, port] = /^(?:\[[\da-f:.]+\]|[^:[\]/\s]+):(\d{1,5})$/i.exec(address) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > PORT_MAX)
    throw flagsError(`${from} is ${JSON.stringify(address)}; wanted HOST:PORT, such as 127.0.0.1:7443`);
  return address;
}

/** A token is never a flag: whoever lists processes sees those. */
function tokenOf({ tokenFile }: TargetOptions): string | undefined {
  const { SEGLOG_TOKEN: told, SEGLOG_TOKEN_FILE: file } = process.env;
  const path = tokenFile ?? (nonEmpty(told) === undefined ? nonEmpty(file) : undefined);
  const token = path === undefined ? nonEmpty(told) : readToldText(path).trim();
  if (token === "") throw new CommandError(EXIT.usage, `file ${path} has no token in it`);
  return token;
}

function tlsOf(options: TargetOptions): ClientTls | undefined {
  const { env } = process;
  const ca = options.tlsCa ?? nonEmpty(env.SEGLOG_TLS_CA);
  const cert = options.tlsCert ?? nonEmpty(env.SEGLOG_TLS_CERT);
  const key = options.tlsKey ?? nonEmpty(env.SEGLOG_TLS_KEY);
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw flagsError("--tls-cert and --tls-key belong together; wanted both or none");
  }
  const told = { ca, cert, key };
  return Object.fromEntries(Object.entries(told).flatMap(([name, path]) => (path === undefined ? [] : [[name, readToldText(path)]])));
}

/**
 * The text of a file that a flag or the environment names.
 *
 * @throws CommandError where it cannot be read
 */
export function readToldText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandError(EXIT.usage, `file ${path} cannot be read: ${errorCode(error)}`, error);
  }
}
