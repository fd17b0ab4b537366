import type { History, SeenEntry } from "../history.js";
import { entryText, readText } from "../in-words.js";
import type { Report } from "../law.js";

/** What a log looks like, read by anybody at any time: dense, in order of position, with the head that is told. */
export function checkLogs({ final, reads }: History, report: Report): void {
  for (const { segmentId, entries, entryCount, headPosition } of final) {
    const source = () => `the end, segment ${segmentId}`;
    checkLog(entries, { fromIndex: 0, source, report });
    const last = entries.at(-1);
    if (last !== undefined && last.index + 1 === entryCount && last.position === headPosition) continue;
    const told = `${entryCount} entries to position ${headPosition}`;
    report("reads-are-prefixes", `${segmentId} has other entries than its figures`, told, last ? entryText(last) : "no entry");
  }
  for (const read of reads) {
    if (read.found.type !== "entries") continue;
    const fromIndex = read.found.entries[0]?.index ?? 0;
    checkLog(read.found.entries, { fromIndex, source: () => readText(read), report });
  }
}

function checkLog(
  entries: readonly SeenEntry[],
  { fromIndex, source, report }: { readonly fromIndex: number; readonly source: () => string; readonly report: Report },
): void {
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    const isNext = entry.index === fromIndex + i;
    const isLater = before === undefined || entry.position > before.position;
    if (isNext && isLater) continue;
    const around = [...(before ? [entryText(before)] : []), entryText(entry), source()];
    if (!isNext) return report("dense-indexes", `index ${entry.index} stands where ${fromIndex + i} must`, ...around);
    return report("positions-grow", `position ${entry.position} comes behind ${before?.position}`, ...around);
  }
}
