import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { conversationEntries } from "../load/conversation.js";
import { timesPerSecond } from "../load/duration.js";

/** The floor of every log: records appended to a file in a second, so many to a write with one fdatasync behind it. */
export function groupedFlushesPerSecond(
  folder: string,
  load: { readonly recordsPerFlush: number; readonly entryBytes: number; readonly seconds: number },
): number {
  const group = Buffer.concat(conversationEntries(load.recordsPerFlush, load.entryBytes));
  const file = openSync(join(folder, "grouped.log"), "a");
  try {
    const flushes = timesPerSecond(load.seconds, () => {
      writeSync(file, group);
      fdatasyncSync(file);
    });
    return load.recordsPerFlush * flushes;
  } finally {
    closeSync(file);
  }
}
