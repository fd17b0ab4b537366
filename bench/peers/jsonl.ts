import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { conversationText } from "../load/conversation.js";
import { timesPerSecond } from "../load/duration.js";

/**
 * Lines appended in a second to one file of JSONL, as a session store without a daemon does: opened, the line and its end
 * written, closed. It flushes nothing by itself; with `isFlushed` the file, each time.
 */
export function jsonlLinesPerSecond(
  folder: string,
  load: { readonly entryBytes: number; readonly seconds: number; readonly isFlushed: boolean },
): number {
  const path = join(folder, "segment.jsonl");
  const text = conversationText(load.entryBytes - 80);
  const line = JSON.stringify({ ts: Date.now(), kind: "assistant_item", item: { role: "assistant", text } });
  return timesPerSecond(load.seconds, () => {
    const file = openSync(path, "a");
    writeSync(file, line);
    writeSync(file, "\n");
    if (load.isFlushed) fdatasyncSync(file);
    closeSync(file);
  });
}
