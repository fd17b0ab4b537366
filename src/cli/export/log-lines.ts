import { create } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, type SegmentStart } from "../../../gen/seglog/v1/entry_pb.js";
import { mergeStateParts } from "../../client/restore-state.js";
import { writeLine } from "../../session-store/write-line.js";
import { kindName } from "../entry-text.js";
import { readLog } from "../read-log.js";
import type { ClientContext } from "../with-client.js";

/** What one or more entries of a log become in the JSONL layout. */
export interface ExportedLine {
  /** Undefined where the layout has no form for it. */
  readonly line: string | undefined;
  /** Name of the kind, such as `user_input`. */
  readonly kind: string;
  /** The entries as they are stored: one, or a start with the opening history behind it. */
  readonly entries: readonly Entry[];
}

/** A segment's own log, from an index on. */
export interface LogRange {
  readonly segmentId: string;
  readonly fromIndex?: bigint;
}

/**
 * A segment's own log as lines of the JSONL layout: a start has its base and its opening history filled
 * in, so that each line stands for itself.
 */
export async function* logLines(context: ClientContext, range: LogRange): AsyncGenerator<ExportedLine, void, undefined> {
  const { segmentId } = range;
  let opening: Entry[] = [];
  for await (const entry of readLog(context, range)) {
    if (entry.kind.case === "openingHistory" && opening.length > 0) {
      opening.push(entry);
      continue;
    }
    if (opening.length > 0) yield await openingLine(context, segmentId, opening);
    opening = entry.kind.case === "segmentStart" ? [entry] : [];
    if (opening.length === 0) yield { line: writeLine(entry), kind: kindName(entry), entries: [entry] };
  }
  if (opening.length > 0) yield await openingLine(context, segmentId, opening);
}

async function openingLine(context: ClientContext, segmentId: string, opening: readonly Entry[]): Promise<ExportedLine> {
  const [first] = opening;
  if (first?.kind.case !== "segmentStart") throw new Error("an opening begins with something else than a start");
  const start = first.kind.value;
  const whole = start.base === undefined ? joined(start, opening) : await inherited(context, segmentId, start, opening);
  const entry = create(EntrySchema, { ...timeOf(first), kind: { case: "segmentStart", value: whole } });
  return { line: writeLine(entry), kind: kindName(first), entries: opening };
}

function joined(start: SegmentStart, opening: readonly Entry[]): SegmentStart {
  const rest = opening.flatMap(({ kind }) => (kind.case === "openingHistory" ? kind.value.history : []));
  return { ...start, history: [...start.history, ...rest] };
}

/** What is inherited stands in other segments, base behind base: the daemon replays them. Only an opening at index 0 has a base. */
async function inherited(
  { client, signal }: ClientContext,
  segmentId: string,
  start: SegmentStart,
  opening: readonly Entry[],
): Promise<SegmentStart> {
  const until = { case: "entryCount" as const, value: BigInt(opening.length) };
  const { systemPrompt, config, history } = await mergeStateParts(client.restoreSegment({ segmentId, until }, { signal }));
  const { base: _filledIn, ...rest } = start;
  return { ...rest, ...(systemPrompt !== undefined && { systemPrompt }), ...(config !== undefined && { config }), history };
}

function timeOf({ time }: Entry): Pick<Entry, "time"> | Record<string, never> {
  return time === undefined ? {} : { time };
}
