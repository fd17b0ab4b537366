import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import type { Precondition } from "../../../src/model/precondition.js";
import type { Base, Point, SegmentInfo } from "../../../src/store/segment-info.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { AppendParams, AppendResult, Outcome, Remembered } from "../../../src/store/store-writes.js";
import { forkOpening, openingOf, segment, session } from "./sample-entries.js";

/** The result of a write that was not answered before. */
export async function done<Result>(outcome: Promise<Outcome<Result>>): Promise<Result> {
  const settled = await outcome;
  if (settled.replayed) throw new Error("the write was answered before");
  return settled.result;
}

/** A segment to begin with. */
export interface Start {
  readonly session?: SessionId;
  readonly segment?: SegmentId;
  /** Entries behind its opening, each in an Append of its own. */
  readonly entries?: readonly NewEntry[];
  /** Entries of opening history. */
  readonly history?: number;
}

/** A segment of a session, both the first where nothing else is said. */
export async function aSegment(store: SegmentStore, start: Start = {}): Promise<SegmentInfo> {
  const sessionId = start.session ?? session(1);
  const segmentId = start.segment ?? segment(100);
  await done(store.createSegment({ sessionId, segmentId, session: "any", opening: openingOf(sessionId, start.history) }));
  await Promise.all((start.entries ?? []).map((entry) => append(store, segmentId, [entry])));
  return store.getSegment(segmentId);
}

/** Appends, refused where the precondition does not hold. */
export function append(
  store: SegmentStore,
  segmentId: SegmentId,
  entries: readonly NewEntry[],
  precondition: Precondition = {},
): Promise<AppendResult> {
  return done(store.append(appendOf(segmentId, entries, precondition)));
}

/** Appends, onto a branch where the precondition does not hold. */
export function appendOrFork(
  store: SegmentStore,
  segmentId: SegmentId,
  entries: readonly NewEntry[],
  conflict: { readonly precondition: Precondition; readonly newSegmentId: SegmentId },
): Promise<AppendResult> {
  const { precondition, newSegmentId } = conflict;
  return done(store.append({ segmentId, entries, precondition, onConflict: { fork: true, newSegmentId, opening: forkOpening } }));
}

/** An Append that forks nothing. */
export function appendOf(segmentId: SegmentId, entries: readonly NewEntry[], precondition: Precondition = {}): AppendParams {
  return { segmentId, entries, precondition, onConflict: { fork: false } };
}

/** Forks by reference. */
export function fork(store: SegmentStore, sourceId: SegmentId, segmentId: SegmentId, at: Partial<Point> = {}): Promise<SegmentInfo> {
  return done(store.forkSegment({ sourceId, segmentId, at: { onMissingTurn: "fail", ...at }, opening: forkOpening }));
}

/** A unit of an import from entry 0, maybe of a fork. */
export function importStart(store: SegmentStore, segmentId: SegmentId, base?: Base, sessionId = session(1)): Promise<SegmentInfo> {
  const lineage = base === undefined ? {} : { lineage: { base } };
  return store.importUnit({ sessionId, segmentId, fromIndex: 0, entries: openingOf(sessionId), ...lineage });
}

/** A request id for a content; its answer is the result as JSON. */
export function remember(id: string, content = "content"): Remembered<unknown> {
  return { id, digest: Buffer.from(content.padEnd(16).slice(0, 16)), encodeAnswer: (result) => Buffer.from(answerText(result)) };
}

/** What `remember` keeps of a result: JSON with its keys in order. */
export function answerText(result: unknown): string {
  return JSON.stringify(result ?? null, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
