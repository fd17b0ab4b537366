import { statSync } from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "../store/lmdb/engine.js";

import { lockStore, StoreLockedError } from "../store/lmdb/store-lock.js";
import { NewerFormatError } from "../store/lmdb/tables/store-meta.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

/**
 * Reads a store without a daemon, also on a file system that is read-only, and keeps daemons away from it meanwhile.
 *
 * @throws CommandError where there is none, a daemon has it, or a newer seglog wrote it
 */
export async function withOwnStore<Result>(dir: string, work: () => Promise<Result>): Promise<Result> {
  const byteSize = statSync(join(dir, DATA_FILE), { throwIfNoEntry: false })?.size ?? 0;
  if (byteSize === 0)
    throw new CommandError(EXIT.notFound, `there is no store in ${dir}`, undefined, [
      "--data, or --from-store of an export, says where it is",
    ]);
  const lock = await lockStore(dir, { onlyReads: true }).catch((error: unknown) => {
    if (!(error instanceof StoreLockedError)) throw error;
    throw new CommandError(EXIT.storeLocked, error.message, error, ["stop the daemon first, or work on a backup"]);
  });
  try {
    return await work();
  } catch (error) {
    if (error instanceof NewerFormatError) throw new CommandError(EXIT.newerFormat, error.message, error);
    throw error;
  } finally {
    lock.release();
  }
}
