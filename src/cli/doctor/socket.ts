import { lstatSync } from "node:fs";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { octalMode } from "../../store/octal-mode.js";
import { ownUid } from "../../store/own-uid.js";
import { checkHealth } from "../check-health.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";

const HEALTH_MS = 2000;

/** Whether the socket can be had, or who answers on it. */
export async function examineSocket({ socketPath, socketMode }: DaemonConfig): Promise<Diagnosis> {
  const stat = lstatSync(socketPath, { throwIfNoEntry: false });
  if (stat === undefined) return ok(`${socketPath} is not there; no daemon listens`);
  if (!stat.isSocket()) return fail(`${socketPath} is no socket; remove it, or set --socket`);
  if (stat.uid !== ownUid()) return fail(`${socketPath} belongs to user ${stat.uid}; run as that user, or set --socket`);
  const { status } = await checkHealth({ target: { socket: socketPath }, settings: {}, place: socketPath }, HEALTH_MS);
  if (status === "UNREACHABLE") return warn(`${socketPath} is left from a daemon that is gone; the next one takes its place`);
  if (status !== "SERVING") return warn(`a daemon on ${socketPath} says that it is ${status}`);
  const mode = stat.mode & 0o777;
  if (mode !== socketMode)
    return warn(`${socketPath} has mode ${octalMode(mode)}, the setting is ${octalMode(socketMode)}; restart the daemon`);
  return ok(`a daemon serves on ${socketPath}, mode ${octalMode(mode)}`);
}
