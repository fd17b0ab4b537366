import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { DATA_FILE } from "../../store/lmdb/engine.js";
import { DamagedPageError } from "../../store/lmdb/pages/damaged-page-error.js";
import { PageReader } from "../../store/lmdb/pages/page-reader.js";
import { NewerFormatError, readStoreMeta } from "../../store/lmdb/tables/store-meta.js";
import { BrokenSealError } from "../../store/lmdb/values/sealed.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";
import { holderOf } from "./held.js";

/** Whether there is a store that this seglog can open, and who has it. */
export function examineStore({ dataDir }: DaemonConfig): Diagnosis {
  const byteSize = statSync(join(dataDir, DATA_FILE), { throwIfNoEntry: false })?.size ?? 0;
  if (byteSize === 0) return ok("none yet; serve makes one");
  const holder = holderOf(dataDir);
  if (holder !== undefined) return ok(`held by ${holder}`);
  if (existsSync(join(dataDir, "opening"))) return warn(`opening it has ended a process; seglog verify --deep --data ${dataDir}`);
  try {
    const reader = new PageReader(dataDir, (error) => {
      throw error;
    });
    const meta = readStoreMeta(reader);
    reader.close();
    return ok(meta === undefined ? "empty" : `${meta.storeId}, format ${meta.formatVersion}, held by nobody`);
  } catch (error) {
    if (error instanceof NewerFormatError) return fail(error.message);
    if (error instanceof DamagedPageError || error instanceof BrokenSealError)
      return fail(`${error.message}; seglog verify --data ${dataDir}`);
    throw error;
  }
}
