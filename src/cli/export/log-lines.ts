import { create } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, type SegmentStart } from "../../../gen/seglog/v1/entry_pb.js";
import type { RestoredState } from "../../../gen/seglog/v1/segment_pb.js";
import { mergeStateParts } from "../../client/restore-state.js";
import { writeLine } from "../../session-store/write-line.js";
import { kindName } from "../kind-name.js";
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
export function logLines(context: ClientContext, range: LogRange): AsyncGenerator<ExportedLine, void, undefined> {
  return linesOf(readLog(context, range), (start, opening) => inherited(context, range.segmentId, start, opening));
}

/** Fills in what a start with a base inherits. */
export type Inherit = (start: SegmentStart, opening: readonly Entry[]) => Promise<SegmentStart>;

/** Entries of a segment's own log, in order, as lines of the JSONL layout. */
export async function* linesOf(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  inherit: Inherit,
): AsyncGenerator<ExportedLine, void, undefined> {
  let opening: Entry[] = [];
  for await (const entry of entries) {
    if (entry.kind.case === "openingHistory" && opening.length > 0) {
      opening.push(entry);
      continue;
    }
    if (opening.length > 0) yield await openingLine(opening, inherit);
    opening = entry.kind.case === "segmentStart" ? [entry] : [];
    if (opening.length === 0) yield { line: writeLine(entry), kind: kindName(entry), entries: [entry] };
  }
  if (opening.length > 0) yield await openingLine(opening, inherit);
}

async function openingLine(opening: readonly Entry[], inherit: Inherit): Promise<ExportedLine> {
  const [first] = opening;
  if (first?.kind.case !== "segmentStart") throw new Error("an opening begins with something else than a start");
  const start = first.kind.value;
  const whole = start.base === undefined ? joined(start, opening) : await inherit(start, opening);
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
  return filledIn(start, await mergeStateParts(client.restoreSegment({ segmentId, until }, { signal })));
}

/** A start that stands for itself, with the state that its opening comes to in the place of its base. */
export function filledIn(start: SegmentStart, { systemPrompt, config, history }: RestoredState): SegmentStart {
  const { base: _filledIn, ...rest } = start;
  return { ...rest, ...(systemPrompt !== undefined && { systemPrompt }), ...(config !== undefined && { config }), history };
}

function timeOf({ time }: Entry): Pick<Entry, "time"> | Record<string, never> {
  return time === undefined ? {} : { time };
}
