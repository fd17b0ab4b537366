import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { readersOf } from "../../store/lmdb/readers.js";
import { type Diagnosis, ok, warn } from "./diagnosis.js";
import { holderOf } from "./held.js";

/** Whether a process that is gone still holds an old state of the store, so that the file grows. Only a store that is open has any. */
export async function examineReaders({ dataDir }: DaemonConfig): Promise<Diagnosis> {
  if (holderOf(dataDir) === undefined) return ok("none; nobody has the store open");
  const pids = await readersOf(dataDir);
  if (pids === undefined) return warn("cannot be listed; seglog status says whether the daemon is well");
  const stale = pids.filter((pid) => !existsSync(join("/proc", String(pid))));
  if (stale.length > 0) return warn(`${stale.length} of processes that are gone (${stale.join(", ")}); restart the daemon`);
  return ok(`${pids.length} of processes that run`);
}
