import type { FinalSegment, History, SeenEntry } from "../history.js";
import { entryText, operationText } from "../in-words.js";
import type { Report } from "../law.js";
import { answerOf, type ByValue, operationsByValue } from "../operations.js";
import { isSamePlace } from "../sightings.js";
import { changeText, type Replayed } from "../timeline/replay.js";

/** What was there in the end is what all the changes come to: nothing lost, nothing come back, every prefix as it was. */
export function checkKept(history: History, replayed: Replayed, report: Report): void {
  const operations = operationsByValue(history.operations);
  const ends = new Map(history.final.map((segment) => [segment.segmentId, segment]));
  for (const [segmentId, log] of replayed.logs) {
    const end = ends.get(segmentId)?.entries ?? [];
    checkNothingLost(log, end, operations, report);
    checkNothingBack(end, replayed, report);
  }
  for (const segment of history.final) checkInherited(segment, ends, report);
}

/** Entries that must be there and are not, told by the append that they belong to. */
function checkNothingLost(log: readonly SeenEntry[], end: readonly SeenEntry[], operations: ByValue, report: Report): void {
  const isThere = (entry: SeenEntry) => end[entry.index] !== undefined && isSamePlace(end[entry.index] as SeenEntry, entry);
  for (const entry of log.filter((wanted) => !isThere(wanted))) {
    const known = operations.get(entry.value ?? "");
    if (known === undefined) {
      const law = Number.isNaN(entry.position) ? "dense-indexes" : "acknowledged-present";
      report(law, `${entryText(entry)} is not there in the end`, `the end has ${end.length} entries there`);
      continue;
    }
    const { operation } = known;
    const unit = log.filter(({ value }) => value !== undefined && operations.get(value)?.operation === operation);
    const evidence = [operationText(operation), `missing in the end: ${entryText(entry)}`];
    if (unit.some(isThere)) report("whole-units", `${operation.id} is there in part`, ...evidence);
    else if (answerOf(operation)) report("acknowledged-present", `${operation.id} was acknowledged and is not there`, ...evidence);
    else report("no-dirty-read", `${operation.id} was shown and is not there`, ...evidence);
  }
}

function checkNothingBack(end: readonly SeenEntry[], { changes, cutBy }: Replayed, report: Report): void {
  for (const entry of end) {
    const cut = changes[cutBy.get(entry.position) ?? -1];
    if (cut !== undefined) report("stays-cut", `${entryText(entry)} was cut and is there`, changeText(cut));
  }
}

/** What a branch inherits is what its source has, base before base. */
function checkInherited(segment: FinalSegment, ends: ReadonlyMap<string, FinalSegment>, report: Report): void {
  if (segment.inherited === undefined) return;
  const wanted: SeenEntry[] = [];
  for (let base = segment.base; base !== undefined; base = ends.get(base.segmentId)?.base) {
    wanted.unshift(...(ends.get(base.segmentId)?.entries.slice(0, base.entryCount) ?? []));
  }
  const count = Math.max(wanted.length, segment.inherited.length);
  for (let i = 0; i < count; i++) {
    const [has, should] = [segment.inherited[i], wanted[i]];
    if (has !== undefined && should !== undefined && isSamePlace(has, should) && has.value === should.value) continue;
    const evidence = [`inherited: ${has ? entryText(has) : "nothing"}`, `the source has: ${should ? entryText(should) : "nothing"}`];
    return report("source-unchanged", `${segment.segmentId} inherits something else than its source has`, ...evidence);
  }
}
