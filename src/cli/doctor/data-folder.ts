import { lstatSync } from "node:fs";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { octalMode } from "../../store/octal-mode.js";
import { ownUid } from "../../store/own-uid.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;

/** Whether the data folder is ours, and ours alone. */
export function examineDataFolder({ dataDir }: DaemonConfig): Diagnosis {
  const stat = lstatSync(dataDir, { throwIfNoEntry: false });
  if (stat === undefined) return ok(`${dataDir} is not there yet; serve makes it`);
  if (stat.isSymbolicLink()) return fail(`${dataDir} is a symbolic link; name the folder itself`);
  if (!stat.isDirectory()) return fail(`${dataDir} is no folder; name one, or nothing that is there`);
  if (stat.uid !== ownUid()) return fail(`${dataDir} belongs to user ${stat.uid}; run as that user, or chown it`);
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) return fail(`${dataDir} has mode ${octalMode(stat.mode)}; chmod 700 it`);
  if ((stat.mode & OPEN_TO_OTHERS) !== 0)
    return warn(`${dataDir} has mode ${octalMode(stat.mode)}, so that others may look into it; chmod 700 it`);
  return ok(`${dataDir}, mode ${octalMode(stat.mode)}, ours`);
}
