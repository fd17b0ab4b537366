import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { ulid } from "ulid";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { jsonLine } from "../json-line.js";
import { type OfflineOptions, offlineCommand, withDataFolder } from "../offline-command.js";
import { paintOf } from "../paint.js";
import { sizeText } from "../size-text.js";
import { pairLines } from "../table.js";

/** `seglog restore-backup`: makes a store of a backup. */
export function restoreBackupCommand(): Command {
  return offlineCommand({
    name: "restore-backup",
    summary: "Make a store of a backup.",
    details:
      "In a data folder that is empty or not there. The backup is checked first and stays as it is. The store gets a new " +
      "id, so that tails of the old one cannot be resumed on it unawares. Interrupted, it can be done again.",
    examples: ["seglog restore-backup ./monday.seglog --data ./store", "seglog serve --data ./store"],
  })
    .argument("<file>", "the backup, as `seglog backup` made it")
    .action(runRestoreBackup);
}

function runRestoreBackup(file: string, options: OfflineOptions): Promise<void> {
  return withDataFolder(options, async (context) => {
    if ((await stat(file).catch(() => undefined)) === undefined) throw new CommandError(EXIT.notFound, `there is no backup ${file}`);
    const { restoreBackup } = await import("../../store/lmdb/copies/restore-backup.js"); // only here: other commands start without LMDB
    const { dir } = context;
    const { storeId, newStoreId, headPosition, segmentCount, byteSize } = await restoreBackup(file, { ...context, newStoreId: ulid() });
    if (options.json === true) return [jsonLine({ dir, storeId: newStoreId, backupOf: storeId, headPosition, segmentCount, byteSize })];
    const pairs = [
      ["restored to", dir],
      ["size", sizeText(BigInt(byteSize))],
      ["segments", String(segmentCount)],
      ["head position", String(headPosition)],
      ["store", `${newStoreId}, from a backup of ${storeId}`],
    ] as const;
    return pairLines(pairs, paintOf(options));
  });
}
