import { fromBinary } from "@bufbuild/protobuf";
import { TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { idToUuid } from "../../model/id.js";
import { writeTraceLine } from "../../session-store/trace-line.js";
import type { Salvage } from "../../store/lmdb/salvage/open-salvage.js";
import { lostRanges, type SalvagedSegment } from "../../store/lmdb/salvage/salvaged-segments.js";
import { filledIn, linesOf } from "../export/log-lines.js";
import { writeWholeFile } from "../export/whole-file.js";
import { LOG_SUFFIX, TRACE_SUFFIX } from "../layout.js";
import { inheritedState } from "./inherited-state.js";
import type { Loss } from "./loss.js";
import type { SalvagedEntries } from "./salvaged-entries.js";

/** What the salvage of one segment came to. */
export interface SalvagedFiles {
  readonly lineCount: number;
  readonly traceLineCount: number;
  readonly losses: readonly Loss[];
}

/** Writes what is intact of a segment into its session's folder: the log, and the trace where there is any of it. */
export async function salvageSegment(
  salvage: Salvage,
  segment: SalvagedSegment,
  { entries, folder, sessionId }: { readonly entries: SalvagedEntries; readonly folder: string; readonly sessionId: string },
): Promise<SalvagedFiles> {
  const { segmentId } = segment;
  const lost = (of: Loss["of"], reason: string, from?: number, to?: number): Loss => ({ sessionId, segmentId, of, from, to, reason });
  const losses = lostRanges(segment).map(({ from, to }) =>
    lost("log", to === undefined ? "its head is damaged; whatever followed is lost" : "fails its checksum, or cannot be reached", from, to),
  );

  const lines = linesOf(entries.entriesOf(segmentId), async (start, opening) => {
    const { state, missing } = await inheritedState(entries, segmentId, start, opening);
    for (const { segmentId: base, from, to } of missing)
      losses.push(lost("log", `inherits entries ${from} to ${to - 1} of ${base}, which are lost: its opening is without them`, 0, 1));
    return filledIn(start, state);
  });
  const written = { lineCount: 0, traceLineCount: 0 };
  const name = idToUuid(segmentId);
  if (segment.records.length > 0) await writeWholeFile(folder, name + LOG_SUFFIX, logText());
  const trace = await joinedTrace();
  if (trace.length > 0) await writeWholeFile(folder, name + TRACE_SUFFIX, each(trace));
  written.traceLineCount = trace.length;
  return { ...written, losses };

  async function* logText(): AsyncGenerator<string, void, undefined> {
    for await (const { line, kind, entries: of } of lines) {
      if (line === undefined) {
        const from = Number(of[0]?.index ?? 0n);
        losses.push(lost("log", `is of kind ${kind}, which has no form in this layout`, from, from + of.length));
        continue;
      }
      written.lineCount++;
      yield line;
    }
  }

  async function joinedTrace(): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const { index, entries: records } of salvage.trace(segmentId)) {
      if (records === undefined) losses.push(lost("trace", "fails its checksum", index));
      for (const [offset, record] of (records ?? []).entries()) {
        const line = writeTraceLine(fromBinary(TraceEntrySchema, record));
        if (line === undefined) losses.push(lost("trace", "has no form in this layout", index + offset, index + offset + 1));
        else texts.push(line);
      }
    }
    return texts;
  }
}

async function* each(lines: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* lines;
}
