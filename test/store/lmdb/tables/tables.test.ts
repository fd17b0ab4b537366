import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SegmentId, SessionId } from "../../../../src/model/id.js";
import { REQUEST_ID_KEPT_MS } from "../../../../src/model/limits.js";
import { Engine, type Writer } from "../../../../src/store/lmdb/engine.js";
import { addDependent, neededCount, removeDependent } from "../../../../src/store/lmdb/tables/dependents.js";
import { appendRecord, type FeedRecord, readRecord } from "../../../../src/store/lmdb/tables/feed.js";
import { type Purge, readPurges, writePurges } from "../../../../src/store/lmdb/tables/purges.js";
import { forgetExpired, recallAnswer, rememberAnswer } from "../../../../src/store/lmdb/tables/request-ids.js";
import { readHead, removeHead, type SegmentHead, writeHead } from "../../../../src/store/lmdb/tables/segment-heads.js";
import { anyId } from "../../../support/entry-arbitrary.js";

const segmentId = anyId.map((text) => text as SegmentId); // any id may be a segment's
const sessionId = anyId.map((text) => text as SessionId); // or a session's
const number = fc.oneof(fc.maxSafeNat(), fc.nat());
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const namespace = fc.oneof(fc.constant("default"), fc.stringMatching(/^[a-z0-9._-]{1,64}$/));
const origin = fc.record({ segmentId, atTurn: u64 });

/** Thrown to end a transaction without keeping anything of it. */
class Undone extends Error {}

describe("tables give back what was written", () => {
  let dir: string;
  let engine: Engine;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "seglog-"));
    engine = new Engine(dir, 2 ** 30);
    engine.openFeed();
  });
  afterAll(async () => {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs each example in a transaction of its own, of which nothing is kept. */
  async function law<Value>(arbitrary: fc.Arbitrary<Value>, check: (writer: Writer, value: Value) => void): Promise<void> {
    const checked = fc.asyncProperty(arbitrary, async (value) => {
      const undone = engine.commit((writer) => {
        check(writer, value);
        throw new Undone();
      });
      await undone.catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
    });
    await fc.assert(checked, { numRuns: 60 });
  }

  test("heads of segments", async () => {
    const head: fc.Arbitrary<SegmentHead> = fc.record({
      segmentId,
      sessionId,
      entryCount: number,
      openingCount: number,
      headPosition: number,
      turnCount: u64,
      lastRunInterrupted: fc.boolean(),
      byteSize: number,
      traceByteSize: number,
      namespace,
      createMs: number,
      updateMs: number,
      forkedFrom: maybe(origin),
      compactedFrom: maybe(origin),
      base: maybe(fc.record({ segmentId, entryCount: number })),
      depth: number,
    });
    await law(head, (writer, value) => {
      writeHead(writer, value);
      expect(readHead(writer, value.segmentId)).toEqual(value);
      removeHead(writer, value.segmentId);
      expect(readHead(writer, value.segmentId)).toBeUndefined();
    });
  });

  test("records of the feed", async () => {
    const position = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    const record: fc.Arbitrary<FeedRecord> = fc.oneof(
      fc.record({
        type: fc.constant("entries" as const),
        position,
        segmentId,
        firstIndex: number,
        count: number,
        commitMs: number,
        before: fc.record({ byteSize: number, turnCount: u64, isInterrupted: fc.boolean() }),
        frames: fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
      }),
      fc.record({ type: fc.constant("segmentTruncated" as const), position, namespace, sessionId, segmentId, entryCount: number }),
      fc.record({ type: fc.constant("segmentDeleted" as const), position, namespace, sessionId, segmentId }),
      fc.record({ type: fc.constant("sessionDeleted" as const), position, namespace, sessionId }),
    );
    await law(record, (writer, value) => {
      appendRecord(writer, value);
      expect(readRecord(writer, value.position)).toEqual(value);
    });
  });

  test("removals that are under way", async () => {
    const purge: fc.Arbitrary<Purge> = fc.oneof(
      fc.record({ type: fc.constant("session" as const), sessionId, eventPosition: number }),
      fc.record({ type: fc.constant("segment" as const), segmentId, eventPosition: number }),
      fc.record({ type: fc.constant("tail" as const), segmentId, fromIndex: number, eventPosition: number }),
    );
    await law(fc.array(purge, { maxLength: 10 }), (writer, purges) => {
      writePurges(writer, purges);
      expect(readPurges(writer)).toEqual(purges);
      writePurges(writer, []);
      expect(readPurges(writer)).toEqual([]);
    });
  });

  test("the longest prefix that a fork needs", async () => {
    const based = fc.array(fc.record({ forkId: segmentId, entryCount: number }), { maxLength: 8 });
    await law(fc.tuple(segmentId, segmentId, based), (writer, [baseId, other, forks]) => {
      for (const { forkId, entryCount } of forks) addDependent(writer, { segmentId: baseId, entryCount }, forkId);
      for (let left = forks; left.length > 0; left = left.slice(1)) {
        expect(neededCount(writer, baseId)).toBe(Math.max(...left.map(({ entryCount }) => entryCount)));
        const [first] = left;
        const isTwice = left.slice(1).some((each) => each.forkId === first?.forkId && each.entryCount === first.entryCount);
        if (first && !isTwice) removeDependent(writer, { segmentId: baseId, entryCount: first.entryCount }, first.forkId);
      }
      expect(neededCount(writer, baseId)).toBe(0);
      if (other !== baseId) expect(neededCount(writer, other)).toBe(0);
    });
  });

  test("answers by request id, until their time is over", async () => {
    const text = fc.string({ minLength: 1, maxLength: 64 });
    const answers = fc.uniqueArray(fc.record({ id: text, answer: fc.uint8Array(), timeMs: fc.nat({ max: 10 }) }), {
      selector: ({ id }) => id,
    });
    await law(answers, (writer, asked) => {
      const digest = Buffer.alloc(16, 7);
      for (const { id, answer, timeMs } of asked) rememberAnswer(writer, { id, digest }, answer, timeMs);
      const nowMs = REQUEST_ID_KEPT_MS + 5;
      for (const { id, answer, timeMs } of asked) {
        const found = recallAnswer(writer, { id, digest }, nowMs);
        expect(found).toEqual(timeMs > 5 ? Buffer.from(answer) : undefined);
      }
      const expired = asked.filter(({ timeMs }) => timeMs < 5).length;
      // One step forgets so many at most; the next goes on.
      expect(forgetExpired(writer, nowMs, 3)).toBe(Math.min(3, expired));
      expect(forgetExpired(writer, nowMs, 1000)).toBe(Math.max(0, expired - 3));
      for (const { id, timeMs } of asked) expect(recallAnswer(writer, { id, digest }, 0) === undefined).toBe(timeMs < 5);
    });
  });
});
