import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { NewTraceEntry } from "../../../src/store/store-writes.js";
import { saidTimes, segment } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { aSegment, done } from "./writes.js";

/** appendTrace and readTrace. */
export function tracing(open: StoreFactory): void {
  describe("a trace", () => {
    test("is a lane of its own: the log does not grow, no position is taken, nothing is told", async () => {
      const { store } = await open();
      const info = await aSegment(store);
      let notices = 0;
      store.onCommit(() => notices++);

      const count = await store.appendTrace(segment(100), [ofTurn(1), ofTurn(2)]);

      expect(count).toBe(2);
      expect(await store.getSegment(segment(100))).toEqual({ ...info, traceByteSize: expect.any(Number) });
      expect(store.headPosition).toBe(info.headPosition);
      expect(notices).toBe(0);
    });

    test("gives its records again byte for byte, from any index, in pages of any size", async () => {
      const stores = await open();
      const { store } = stores;
      await aSegment(store, { entries: saidTimes(3) });
      const units = [[ofTurn(1)], [ofTurn(2), ofTurn(300), ofTurn(4)], [], [ofTurn(5), ofTurn(70_000)]];
      for (const unit of units) await store.appendTrace(segment(100), unit);
      const wanted = units.flat().map(({ bytes }) => hex(bytes));

      for await (const each of overRestart(stores)) {
        for (let from = 0; from <= wanted.length + 1; from++) {
          for (const bytesMax of [1, 5, 8, 1000]) {
            for (const limit of [1, 2, 100]) expect(await readWhole(each, from, { bytesMax, limit })).toEqual(wanted.slice(from));
          }
        }
      }
    });

    test("holds to both its limits", async () => {
      const { store } = await open();
      await aSegment(store);
      await store.appendTrace(segment(100), [ofTurn(1), ofTurn(2), ofTurn(3)]);
      const read = (range: object) => store.readTrace({ segmentId: segment(100), fromIndex: 0, limit: 100, bytesMax: 1000, ...range });

      expect((await read({ limit: 2 })).entries).toHaveLength(2);
      expect((await read({ bytesMax: 1 })).entries).toHaveLength(1);
      expect((await read({ bytesMax: 2 * ofTurn(1).bytes.length })).entries).toHaveLength(2);
      expect(await read({ fromIndex: 3 })).toEqual({ firstIndex: 3, entries: [] });
    });

    test("has the store's time where the writer set none", async () => {
      const { store } = await open({ nowMs: () => 12_345 });
      await aSegment(store);
      const bytes = Buffer.from([0x10, 7]);

      await store.appendTrace(segment(100), [{ bytes, hasTime: false }]);

      const { entries } = await store.readTrace({ segmentId: segment(100), fromIndex: 0, limit: 1, bytesMax: 100 });
      expect(fromBinary(TraceEntrySchema, entries[0] ?? new Uint8Array())).toMatchObject({
        turn: 7n,
        time: { seconds: 12n, nanos: 345_000_000 },
      });
    });

    test("is not cut with its segment, and waits for a removal that is under way", async () => {
      const { store } = await open({ purgeStepKeys: 1 });
      await aSegment(store, { entries: saidTimes(20) });
      await store.appendTrace(segment(100), [ofTurn(1)]);

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));
      const count = await store.appendTrace(segment(100), [ofTurn(2)]);

      expect(count).toBe(2);
    });

    test("of many writers at once has each record once", async () => {
      const { store } = await open();
      await aSegment(store);

      const counts = await Promise.all(Array.from({ length: 50 }, (_, i) => store.appendTrace(segment(100), [ofTurn(i), ofTurn(i)])));

      expect(counts).toEqual(Array.from({ length: 50 }, (_, i) => 2 * (i + 1)));
      expect(await readWhole(store, 0, { bytesMax: 20, limit: 7 })).toHaveLength(100);
    });

    test("needs its segment", async () => {
      const { store } = await open();

      await expect(store.appendTrace(segment(9), [ofTurn(1)])).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(store.readTrace({ segmentId: segment(9), fromIndex: 0, limit: 1, bytesMax: 1 })).rejects.toMatchObject({
        reason: "SEGMENT_NOT_FOUND",
      });
    });
  });
}

/** A record with a turn and a time, and an unknown field. */
function ofTurn(turn: number): NewTraceEntry {
  const low = [0x10, (turn & 0x7f) | 0x80, ((turn >> 7) & 0x7f) | 0x80, (turn >> 14) & 0x7f];
  return { bytes: Buffer.from([0x0a, 0, ...low, 0xf8, 0x07, 1]), hasTime: true };
}

async function readWhole(
  store: SegmentStore,
  fromIndex: number,
  page: { readonly bytesMax: number; readonly limit: number },
): Promise<readonly string[]> {
  const read: string[] = [];
  for (;;) {
    const { firstIndex, entries } = await store.readTrace({ segmentId: segment(100), fromIndex: fromIndex + read.length, ...page });
    if (firstIndex !== fromIndex + read.length || entries.length > page.limit) throw new Error("the page is not what was asked for");
    if (entries.length === 0) return read;
    read.push(...entries.map(hex));
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
