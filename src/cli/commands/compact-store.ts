import type { Command } from "commander";
import { jsonLine } from "../json-line.js";
import { type OfflineOptions, offlineCommand, withDataFolder } from "../offline-command.js";
import { paintOf } from "../paint.js";
import { sizeText } from "../size-text.js";
import { pairLines } from "../table.js";

/** `seglog compact-store`: writes a store anew without the room that deletions left in it. */
export function compactStoreCommand(): Command {
  return offlineCommand({
    name: "compact-store",
    summary: "Give the room that deletions left in a store back to the disk.",
    details:
      "While no daemon has it open. The store is copied, the copy checked and put in its place, so that it needs as much " +
      "room again as the store's content takes; it keeps its id. Interrupted, the store is the old one or the new one.",
    examples: ["seglog compact-store --data ./store", "seglog compact-store --data ./store --json"],
  }).action(runCompactStore);
}

function runCompactStore(options: OfflineOptions): Promise<void> {
  return withDataFolder(options, async (context) => {
    const { compactStore } = await import("../../store/lmdb/copies/compact-store.js"); // only here: other commands start without LMDB
    const { storeId, beforeBytes, afterBytes } = await compactStore(context);
    if (options.json === true) return [jsonLine({ dir: context.dir, storeId, beforeBytes, afterBytes })];
    const pairs = [
      ["compacted", context.dir],
      ["size before", sizeText(BigInt(beforeBytes))],
      ["size after", sizeText(BigInt(afterBytes))],
      ["store", storeId],
    ] as const;
    return pairLines(pairs, paintOf(options));
  });
}
