import { createHash } from "node:crypto";
import { isSeglogError } from "../../../src/model/errors.js";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { FeedScope } from "../../../src/store/feed.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { EntryRun } from "../../../src/store/store-reads.js";
import { remember } from "../../store/contract/writes.js";

/** What there is to be asked of a store. */
export interface Asked {
  readonly sessions: readonly SessionId[];
  readonly segments: readonly SegmentId[];
  /** Turns of a segment that may have been. */
  readonly turns: number;
  readonly requests: readonly string[];
}

/** What each question was answered with, by question: a digest, `LOST` where the store said that it is damaged, or the reason of another refusal. */
export type Answers = Readonly<Record<string, string>>;

/** The answer that stands for DATA_LOSS. */
export const LOST = "LOST";

/** The answer that stands for DATA_LOSS that does not say where, though it is about an entry. */
export const LOST_SOMEWHERE = "LOST without its place";

const PAGE_BYTES = 64 * 1024;

/** Asks a store everything. */
export async function readEverything(store: SegmentStore, asked: Asked): Promise<Answers> {
  const answers: Record<string, string> = {};
  const ask = async (question: string, read: () => Promise<unknown>) => {
    answers[question] = await answerOf(read, question.startsWith("entry "));
  };
  await ask("sessions", () => store.listSessions({ limit: 1000 }));
  await ask("segments", () => store.listSegments({ limit: 1000 }));
  await ask("feed of the store", () => feedOf(store, { type: "store" }));
  for (const sessionId of asked.sessions) {
    await ask(`session ${sessionId}`, () => store.getSession(sessionId));
    await ask(`segments of ${sessionId}`, () => store.listSegments({ sessionId, limit: 1000 }));
    await ask(`feed of session ${sessionId}`, () => feedOf(store, { type: "session", sessionId }));
    await ask(`fate of ${sessionId}`, () => store.fateOf({ type: "session", sessionId }));
  }
  for (const segmentId of asked.segments) {
    await ask(`head ${segmentId}`, () => store.getSegment(segmentId));
    await ask(`trace ${segmentId}`, () => store.readTrace({ segmentId, fromIndex: 0, limit: 1000, bytesMax: 2 ** 20 }));
    await ask(`fate of ${segmentId}`, () =>
      store.fateOf({ type: "segment", sessionId: asked.sessions[0] ?? ("" as SessionId), segmentId }),
    );
    for (let turn = 1; turn <= asked.turns; turn++) {
      await ask(`turn ${turn} of ${segmentId}`, () => store.resolvePoint(segmentId, { turn: BigInt(turn), onMissingTurn: "fail" }));
    }
    const count = await store.getSegment(segmentId).then(
      ({ entryCount }) => entryCount,
      () => 0,
    );
    for (let index = 0; index < count; index++) {
      await ask(`entry ${segmentId}@${index}`, () => store.readEntries({ segmentId, fromIndex: index, toIndex: index + 1, bytesMax: 1 }));
    }
    for (const backward of [false, true]) {
      await ask(`log ${segmentId} ${backward}`, () => logOf(store, segmentId, backward));
    }
  }
  for (const id of asked.requests) await ask(`answer to ${id}`, () => store.recall(remember(id)));
  return answers;
}

async function answerOf(read: () => Promise<unknown>, namesPlace: boolean): Promise<string> {
  try {
    return digest(await read());
  } catch (error) {
    if (!isSeglogError(error)) throw error;
    if (error.reason !== "CHECKSUM_MISMATCH") return error.reason;
    const { segment_id: segmentId, index } = error.metadata;
    return namesPlace && (segmentId === undefined || index === undefined) ? LOST_SOMEWHERE : LOST;
  }
}

/** A whole log, page by page. */
async function logOf(store: SegmentStore, segmentId: SegmentId, backward: boolean): Promise<unknown> {
  const { entryCount } = await store.getSegment(segmentId);
  const runs: EntryRun[] = [];
  for (let left = entryCount; left > 0; ) {
    const range = backward ? { fromIndex: 0, toIndex: left } : { fromIndex: entryCount - left, toIndex: entryCount };
    const page = await store.readEntries({ segmentId, ...range, backward, bytesMax: PAGE_BYTES });
    runs.push(...page);
    left -= page.reduce((sum, { count }) => sum + count, 0);
  }
  return runs;
}

async function feedOf(store: SegmentStore, scope: FeedScope): Promise<unknown> {
  const items: unknown[] = [];
  const upToPosition = store.headPosition;
  for (let afterPosition = 0; afterPosition < upToPosition; ) {
    const page = await store.readFeed({ scope, afterPosition, upToPosition, eventsAfterPosition: 0, bytesMax: PAGE_BYTES });
    items.push(...page.items);
    afterPosition = page.position;
  }
  return items;
}

/** Bytes as they are, and not as a JSON of numbers: entries are most of what is read. */
function digest(value: unknown): string {
  const hash = createHash("sha1");
  const text = JSON.stringify(value ?? null, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (typeof part !== "object" || part === null || !("type" in part) || part.type !== "Buffer") return part;
    return Buffer.from((part as unknown as { data: number[] }).data).toString("latin1"); // a Buffer, as it makes JSON of itself
  });
  return hash.update(text).digest("hex").slice(0, 16);
}
