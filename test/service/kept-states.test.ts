import { toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { RestoredStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { mergeStateParts } from "../../src/client/restore-state.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { makeLmdbStore } from "../store/lmdb/lmdb-stores.js";
import { aSegment, segmentOf, stateOf } from "../support/a-segment.js";
import { assistantText, segmentStart, textMessage, turnEnd, usage, userInput } from "../support/entries.js";
import { interposedService } from "../support/interposed-store.js";
import { serveStore } from "../support/serve-store.js";

/** Entries that make a state large enough to be kept. */
function manyEntries(count: number, word = "w") {
  return Array.from({ length: count }, (_, i) => (i % 5 === 4 ? usage(BigInt(i)) : assistantText(`${word} `.repeat(2000) + i)));
}

/** Two services on one store, of which only the first keeps states. */
async function twoServices() {
  const made = await makeLmdbStore();
  onTestFinished(() => made.close());
  const keeping = await serveStore(made.store);
  const fresh = await serveStore(made.store, { keptStateBytesMax: 0 });
  return { client: keeping.client, fresh: fresh.client };
}

test("a restore behind new entries reads those alone", async () => {
  const { client, before } = await interposedService();
  const { segmentId } = await aSegment(client, { log: manyEntries(50) });
  await stateOf(client, segmentId);
  await client.append({ segmentId, entries: [userInput("new")] });
  let reads = 0;
  const count = async (): Promise<void> => {
    reads++;
    before("readEntries", 1, count);
  };
  before("readEntries", 1, count);

  const { history, entryCount } = await stateOf(client, segmentId);
  const behindNothingNew = await stateOf(client, segmentId);

  expect(entryCount).toBe(52n);
  expect(history.at(-1)).toMatchObject(textMessage(Role.USER, "new"));
  expect(behindNothingNew.entryCount).toBe(52n);
  expect(reads).toBe(1);
});

test("a fork of a segment that was restored reads nothing of its base", async () => {
  const { client, before } = await interposedService();
  const base = await aSegment(client, { log: manyEntries(50) });
  await stateOf(client, base.segmentId);
  const { segment } = await client.forkSegment({ segmentId: base.segmentId });
  let reads = 0;
  before("readEntries", 1, async () => void reads++);
  before("readEntries", 2, async () => void reads++);

  const { history } = await stateOf(client, segment!.segmentId);

  expect(history).toHaveLength(40);
  expect(reads).toBeLessThanOrEqual(1);
});

test("a state is not taken for that of a log which was cut off and grew again", async () => {
  const { client, fresh } = await twoServices();
  const { segmentId } = await aSegment(client, { log: manyEntries(50) });
  await stateOf(client, segmentId);
  await client.truncateSegment({ segmentId, entryCount: 20n });
  await client.append({ segmentId, entries: manyEntries(40, "other") });

  const state = await stateOf(client, segmentId);

  expect(state).toEqual(await stateOf(fresh, segmentId));
});

test("nothing is kept beyond the limit, and nothing fails for it", async () => {
  const made = await makeLmdbStore();
  onTestFinished(() => made.close());
  const { client } = await serveStore(made.store, { keptStateBytesMax: 300_000 });
  const segments = await Promise.all(Array.from({ length: 5 }, () => aSegment(client, { log: manyEntries(50) })));

  for (const { segmentId } of [...segments, ...segments]) {
    const { history } = await stateOf(client, segmentId);

    expect(history).toHaveLength(40);
  }
});

/** What may come between two restores. */
const STEP = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("append" as const), of: fc.nat(), count: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("truncate" as const), of: fc.nat(), to: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("fork" as const), of: fc.nat(), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("start anew" as const), of: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("restore" as const), of: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("restore until" as const), of: fc.nat(), at: fc.nat() }) },
);

test("law: a restore gives the same whether or not states are kept, whatever came between", async () => {
  const { client, fresh } = await twoServices();
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 25 }), async (steps) => {
      const segments = [(await aSegment(client, { log: manyEntries(30) })).segmentId];
      let appended = 0;
      for (const step of steps) {
        const segmentId = segments[step.of % segments.length]!;
        const { entryCount } = await segmentOf(client, segmentId);
        switch (step.type) {
          case "append":
            await client.append({ segmentId, entries: [...manyEntries(step.count, `a${appended++}`), turnEnd(BigInt(appended))] });
            break;
          case "truncate":
            await client.truncateSegment({ segmentId, entryCount: 1n + (BigInt(step.to) % entryCount) }).catch(() => {}); // others may be based on it
            break;
          case "fork": {
            const value = 1n + (BigInt(step.at) % entryCount);
            const { segment } = await client.forkSegment({ segmentId, at: { case: "entryCount", value } });
            segments.push(segment!.segmentId);
            break;
          }
          case "start anew":
            await client.append({ segmentId, entries: [segmentStart(segmentId)] }).catch(() => {});
            break;
          case "restore":
            await expectSame(client, fresh, { segmentId });
            break;
          case "restore until":
            await expectSame(client, fresh, { segmentId, until: { case: "entryCount", value: 1n + (BigInt(step.at) % entryCount) } });
            break;
          default:
            step satisfies never;
        }
      }
      for (const segmentId of segments) await expectSame(client, fresh, { segmentId });
    }),
    { numRuns: 15 },
  );
});

async function expectSame(
  client: SegmentClient,
  fresh: SegmentClient,
  request: Parameters<SegmentClient["restoreSegment"]>[0],
): Promise<void> {
  const asked = { onMissingTurn: OnMissingTurn.HEAD, ...request };
  const [kept, replayed] = [await mergeStateParts(client.restoreSegment(asked)), await mergeStateParts(fresh.restoreSegment(asked))];
  expect(Buffer.compare(toBinary(RestoredStateSchema, kept), toBinary(RestoredStateSchema, replayed))).toBe(0);
}
