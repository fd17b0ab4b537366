import { afterEach, expect, test, vi } from "vitest";
import { EntryKind } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFrames, frameSize, writeEntryFrame } from "../../src/model/entry-frames.js";
import { kindFilterOf } from "../../src/model/entry-kinds.js";
import { parseSegmentId, parseSessionId } from "../../src/model/id.js";
import type { FeedItem, FeedPage, FeedRange } from "../../src/store/feed.js";
import { follow, type TailStep } from "../../src/tail/follow.js";
import { type EntryInit, turnEnd, userInput } from "../support/entries.js";
import { newEntry } from "./laws/writers.js";

const sessionId = parseSessionId("01JD000000000000000000000A");
const segmentId = parseSegmentId("01JD000000000000000000000B");
const TURN_ENDS = kindFilterOf([EntryKind.TURN_END]);

afterEach(() => {
  vi.useRealTimers();
});

test("entries that come last in a page cover it to its end, what was left out included", async () => {
  const steps = await followed([page([entriesAt(1, turnEnd(1n)), entriesAt(2, userInput("not this"))], 7)], { kinds: TURN_ENDS });

  expect(inShort(steps)).toEqual(["entries 7", "caughtUp 7"]);
});

test("an event keeps its own position, whatever is left out behind it", async () => {
  const truncated = { type: "segmentTruncated", position: 3, namespace: "default", sessionId, segmentId, entryCount: 1 } as const;

  const steps = await followed(
    [page([entriesAt(1, turnEnd(1n)), entriesAt(2, userInput("no")), truncated, entriesAt(4, userInput("no"))], 9)],
    {
      kinds: TURN_ENDS,
    },
  );

  expect(inShort(steps)).toEqual(["entries 1", "segmentTruncated 3", "caughtUp 9"]);
});

test("a run that is left out in part keeps the rest, at its own indexes", async () => {
  const steps = await followed([page([entriesAt(1, userInput("no"), turnEnd(1n), userInput("no"), turnEnd(2n))], 4)], { kinds: TURN_ENDS });

  const [step] = steps;
  const frames = step?.type === "entries" ? step.runs.flatMap((run) => [...entryFrames(run.frames)]) : [];
  expect(frames).toHaveLength(2);
});

test("nothing follows the deletion of the scope, not even what the same page has", async () => {
  const deleted = { type: "sessionDeleted", position: 2, namespace: "default", sessionId } as const;

  const steps = await followed([page([entriesAt(1, turnEnd(1n)), deleted, entriesAt(3, turnEnd(2n))], 3)], {});

  expect(inShort(steps)).toEqual(["entries 1", "sessionDeleted 2"]);
});

test("while much is left out, heartbeats carry the position on, before all of it is read", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  const pages = Array.from({ length: 7 }, (_, i) => page([entriesAt(i + 1, userInput("no"))], i + 1));

  const steps = await followed(pages, { kinds: TURN_ENDS, heartbeatMs: 1000, onRead: () => void vi.advanceTimersByTime(400) });

  expect(inShort(steps)).toEqual(["heartbeat 3", "heartbeat 6", "caughtUp 7"]);
});

test("while much is left out, others get their turns", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const count = () => setImmediate(() => turns++);

  await followed(
    Array.from({ length: 50 }, (_, i) => page([entriesAt(i + 1, userInput("no"))], i + 1)),
    { kinds: TURN_ENDS, onRead: count },
  );
  clearInterval(timer);

  expect(turns).toBeGreaterThanOrEqual(49);
});

test("a tail that is ended while it reads says nothing more", async () => {
  const ending = new AbortController();

  const steps = await followed([page([], 3), page([entriesAt(4, turnEnd(1n))], 4)], {
    signal: ending.signal,
    onRead: () => ending.abort(),
  });

  expect(inShort(steps).filter((step) => step.startsWith("entries"))).toEqual([]);
});

interface Script {
  readonly kinds?: ReturnType<typeof kindFilterOf>;
  readonly heartbeatMs?: number;
  readonly signal?: AbortSignal;
  readonly onRead?: () => void;
}

/** What a tail of the session says of these pages, until it waits or ends. */
async function followed(pages: readonly FeedPage[], { kinds, heartbeatMs = 1e9, signal, onRead }: Script): Promise<TailStep[]> {
  const headPosition = pages.at(-1)?.position ?? 0;
  const ending = new AbortController();
  let at = 0;
  const source = {
    headPosition,
    async readFeed(_: FeedRange): Promise<FeedPage> {
      onRead?.();
      const next = pages[at++];
      if (next === undefined) throw new Error("read on behind the last page");
      return next;
    },
  };
  const watch = {
    version: 0,
    close: () => {},
    changedFrom: async () => ending.abort(),
  };
  const scope = { type: "session", sessionId } as const;
  const start = { scope, afterPosition: 0, eventsAfterPosition: 0, headPosition };
  const steps: TailStep[] = [];
  const either = signal === undefined ? ending.signal : AbortSignal.any([ending.signal, signal]);
  for await (const step of follow(source, watch, start, { kinds, heartbeatMs, signal: either })) steps.push(step);
  return steps;
}

function page(items: readonly FeedItem[], position: number): FeedPage {
  return { items, position };
}

function entriesAt(firstPosition: number, ...inits: readonly EntryInit[]): FeedItem {
  const placed = inits.map((init, i) => ({
    entry: newEntry(init),
    place: { index: firstPosition + i, position: firstPosition + i, timeMs: 0 },
  }));
  const frames = new Uint8Array(placed.reduce((sum, { entry, place }) => sum + frameSize(entry, place), 0));
  let end = 0;
  for (const { entry, place } of placed) end = writeEntryFrame(frames, end, entry, place);
  return { type: "entries", sessionId, segmentId, firstIndex: firstPosition, firstPosition, count: inits.length, frames };
}

function inShort(steps: readonly TailStep[]): readonly string[] {
  return steps.map((step) => `${step.type === "event" ? step.event.type : step.type} ${step.position}`);
}
