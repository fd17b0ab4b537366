import { describe, expect, test } from "vitest";
import { forkOpening, openingOf, said, segment, session, turnEnd } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { append, aSegment, done } from "./writes.js";

/** createSegment, compactSegment, ensureHeadOrFork. */
export function creating(open: StoreFactory): void {
  describe("creating", () => {
    test("gives a segment as it was asked for, in a session that is made with it", async () => {
      const { store } = await open({ nowMs: () => 5000 });

      const created = await done(
        store.createSegment({ sessionId: session(1), segmentId: segment(2), session: "new", opening: openingOf(session(1), 2) }),
      );

      expect(created).toEqual({
        segmentId: segment(2),
        sessionId: session(1),
        namespace: "default",
        entryCount: 3,
        openingCount: 3,
        headPosition: 3,
        turnCount: 0n,
        lastRunInterrupted: false,
        byteSize: expect.any(Number),
        traceByteSize: 0,
        createMs: 5000,
        updateMs: 5000,
        forkedFrom: undefined,
        compactedFrom: undefined,
        base: undefined,
        depth: 0,
      });
      expect(await store.getSegment(segment(2))).toEqual(created);
      expect(await store.getSession(session(1))).toEqual({
        sessionId: session(1),
        namespace: "default",
        createMs: 5000,
        updateMs: 5000,
        segmentCount: 1,
        entryCount: 3,
        headSegmentId: segment(2),
      });
    });

    test("keeps the lineage that it is told, even of segments that are not there", async () => {
      const { store, reopen } = await open();
      const compactedFrom = { segmentId: segment(77), atTurn: 2n ** 64n - 1n };
      const forkedFrom = { segmentId: segment(78), atTurn: 0n };
      const params = { sessionId: session(1), segmentId: segment(2), session: "any", opening: openingOf(session(1)) } as const;

      await done(store.createSegment({ ...params, compactedFrom, forkedFrom }));

      expect(await (await reopen()).getSegment(segment(2))).toMatchObject({ compactedFrom, forkedFrom, base: undefined, depth: 0 });
    });

    test("refuses an id that is taken, in whatever session", async () => {
      const { store } = await open();
      await aSegment(store, { session: session(1), segment: segment(2) });
      const again = (n: number) =>
        store.createSegment({ sessionId: session(n), segmentId: segment(2), session: "any", opening: openingOf(session(n)) });

      await expect(again(1)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
      await expect(again(2)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS", metadata: { session_id: session(1) } });
      await expect(store.getSession(session(2))).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
    });

    test("holds to what it is told of the session", async () => {
      const { store } = await open();
      await aSegment(store, { session: session(1) });
      const create = (rule: "new" | "existing", n: number) =>
        store.createSegment({ sessionId: session(n), segmentId: segment(200 + n), session: rule, opening: openingOf(session(n)) });

      await expect(create("new", 1)).rejects.toMatchObject({ reason: "SESSION_EXISTS" });
      await expect(create("existing", 2)).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
      await expect(create("existing", 1)).resolves.toMatchObject({ replayed: false });
      await expect(create("new", 2)).resolves.toMatchObject({ replayed: false });
    });

    test("what was refused left nothing behind, not even a position", async () => {
      const { store } = await open();
      const { headPosition } = await aSegment(store);
      const refused = () =>
        store.createSegment({ sessionId: session(9), segmentId: segment(100), session: "new", opening: openingOf(session(9)) });
      await expect(refused()).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });

      const next = await append(store, segment(100), [said("next")]);

      expect(next.headPosition).toBe(headPosition + 1);
      expect(await store.listSessions({ limit: 10 })).toHaveLength(1);
    });
  });

  describe("a compaction", () => {
    test("stands for its source at the turn given, or at its last one", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1), entries: [turnEnd(7n), said("behind it")] });
      const compact = (n: number, atTurn: bigint | undefined) =>
        done(
          store.compactSegment({
            sourceId: segment(1),
            segmentId: segment(n),
            atTurn,
            precondition: { entryCount: 3 },
            opening: (sessionId, origin) => {
              expect(origin).toEqual({ segmentId: segment(1), atTurn: atTurn ?? 7n });
              return openingOf(sessionId, 1);
            },
          }),
        );

      const atLast = await compact(2, undefined);
      const atGiven = await compact(3, 0n);

      expect(atLast).toMatchObject({
        sessionId: session(1),
        compactedFrom: { segmentId: segment(1), atTurn: 7n },
        depth: 0,
        openingCount: 2,
      });
      expect(atLast.base).toBeUndefined();
      expect(atGiven).toMatchObject({ compactedFrom: { segmentId: segment(1), atTurn: 0n } });
    });

    test("is refused without its source, behind it, and onto a taken id", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1) });
      const compact = (source: number, target: number, entryCount: number) =>
        store.compactSegment({
          sourceId: segment(source),
          segmentId: segment(target),
          atTurn: undefined,
          precondition: { entryCount },
          opening: (sessionId) => openingOf(sessionId),
        });

      await expect(compact(9, 2, 1)).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(compact(1, 2, 2)).rejects.toMatchObject({ reason: "HEAD_MISMATCH", metadata: { entry_count: "1", head_position: "1" } });
      await expect(compact(1, 1, 1)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
      expect(await store.listSegments({ limit: 10 })).toHaveLength(1);
    });
  });

  describe("ensuring the head", () => {
    const params = { segmentId: segment(1), atTurn: 3n, newSegmentId: segment(2), forkOpening };

    test("leaves a segment that is as its writer believes, and writes nothing", async () => {
      const { store } = await open();
      const source = await aSegment(store, { segment: segment(1), entries: [said("one")] });

      const ensured = await done(store.ensureHeadOrFork({ ...params, entriesWritten: 2, opening: undefined }));

      expect(ensured).toEqual({ segment: source, forked: false });
      expect(store.headPosition).toBe(source.headPosition);
    });

    test("forks by reference where the writer gave no state", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1), entries: [said("one"), said("two")] });

      const ensured = await done(store.ensureHeadOrFork({ ...params, entriesWritten: 2, opening: undefined }));

      expect(ensured.forked).toBe(true);
      expect(ensured.segment).toMatchObject({
        segmentId: segment(2),
        base: { segmentId: segment(1), entryCount: 2 },
        forkedFrom: { segmentId: segment(1), atTurn: 3n },
        depth: 1,
        entryCount: 1,
      });
    });

    test("forks with the state that the writer gave, however many entries he knows", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1) });

      const ensured = await done(
        store.ensureHeadOrFork({ ...params, entriesWritten: 99, opening: (sessionId) => openingOf(sessionId, 1) }),
      );

      expect(ensured.segment).toMatchObject({
        forkedFrom: { segmentId: segment(1), atTurn: 3n },
        depth: 0,
        entryCount: 2,
        base: undefined,
      });
    });

    test("is refused without its segment, past its end or inside its opening, and onto a taken id", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1), history: 1, entries: [said("one")] });
      const ensure = (change: object) => store.ensureHeadOrFork({ ...params, entriesWritten: 2, opening: undefined, ...change });

      await expect(ensure({ segmentId: segment(9) })).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(ensure({ entriesWritten: 4 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      await expect(ensure({ entriesWritten: 1 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      await expect(ensure({ entriesWritten: 0 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      await expect(ensure({ newSegmentId: segment(1) })).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
    });
  });
}
