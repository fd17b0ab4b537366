import { statfsSync } from "node:fs";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { fileSystemWarning } from "../../daemon/start-warnings.js";
import { unsafeFileSystem } from "../../store/lmdb/file-system.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";
import { existingFolder } from "./existing-folder.js";

const NAMES: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
]);

/** Whether the store is on a file system that its promises are tried on. */
export function examineFileSystem({ dataDir, unsafeAllowFs }: DaemonConfig): Diagnosis {
  const { type } = statfsSync(existingFolder(dataDir));
  const unsafe = unsafeFileSystem(type);
  if (unsafe !== undefined && unsafe !== unsafeAllowFs)
    return fail(`${unsafe}, on which serve keeps no store; set --data to a folder on a local ext4 or xfs`);
  const warning = fileSystemWarning(type);
  if (warning !== undefined) return warn(`${warning}; move the data folder, or set --data`);
  return ok(NAMES.get(type) ?? `type 0x${type.toString(16)}, not known to be a network's`);
}
