import { statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { DATA_FILE } from "../../store/lmdb/engine.js";
import { sizeText } from "../size-text.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";
import { existingFolder } from "./existing-folder.js";

/** Below so many bytes a daemon takes no more entries. */
const LEAST_BYTES = 64 * 2 ** 20;

/** Below so many bytes somebody should hear of it. */
const LITTLE_BYTES = 2 ** 30;

/** A map that is full to this part is soon full. */
const FULL_PART = 0.8;

/** Whether there is room on the disk and in the map. */
export function examineSpace({ dataDir, mapSizeBytes }: DaemonConfig): Diagnosis {
  const { bavail, bsize } = statfsSync(existingFolder(dataDir));
  const freeBytes = bavail * bsize;
  const storeBytes = statSync(join(dataDir, DATA_FILE), { throwIfNoEntry: false })?.size ?? 0;
  const says = `${sizeText(BigInt(freeBytes))} free; the store takes ${sizeText(BigInt(storeBytes))} of a map of ${sizeText(BigInt(mapSizeBytes))}`;
  if (freeBytes < LEAST_BYTES) return fail(`${says}; free some of the disk`);
  if (storeBytes > mapSizeBytes * FULL_PART) return warn(`${says}; raise --map-size`);
  return freeBytes < LITTLE_BYTES ? warn(`${says}; free some of the disk`) : ok(says);
}
