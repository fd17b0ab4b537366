import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { batches } from "../../../src/cli/append/batches.js";
import { deferred } from "../../support/deferred.js";

const LIMITS = { entriesMax: 5, bytesMax: 200, idleMs: 60_000 };

test("batches hold all entries in order, and are as full as the bounds allow", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 300 }), { maxLength: 30 }), async (sizes) => {
      const entries = sizes.map(anEntry);

      const given = await gathered(batches(oneByOne(entries), LIMITS));

      expect(given.flat()).toEqual(entries);
      for (const [i, batch] of given.entries()) {
        const next = given[i + 1]?.[0];
        expect(batch.length).toBeLessThanOrEqual(LIMITS.entriesMax);
        expect(batch.length === 1 || bytesOf(batch) <= LIMITS.bytesMax).toBe(true);
        if (next !== undefined) expect(batch.length === LIMITS.entriesMax || bytesOf([...batch, next]) > LIMITS.bytesMax).toBe(true);
      }
    }),
  );
});

test("a batch is given as it is when nothing more comes for a while", async () => {
  const more = deferred<void>();
  async function* slowly(): AsyncGenerator<Entry> {
    yield anEntry(1);
    await more.promise;
    yield anEntry(2);
  }
  const given = batches(slowly(), { ...LIMITS, idleMs: 1 });

  const first = await given.next();
  more.resolve();
  const second = await given.next();

  expect(first.value).toEqual([anEntry(1)]);
  expect(second.value).toEqual([anEntry(2)]);
});

test("leaving the loop does not wait for an entry that does not come", async () => {
  const never = deferred<void>();
  async function* stuck(): AsyncGenerator<Entry> {
    yield anEntry(1);
    await never.promise;
  }

  for await (const _ of batches(stuck(), { ...LIMITS, idleMs: 1 })) break;

  never.resolve();
});

test("what came before a failure is given, then the failure is thrown", async () => {
  async function* failing(): AsyncGenerator<Entry> {
    yield anEntry(1);
    throw new Error("no entry");
  }
  const given = batches(failing(), LIMITS);

  const first = await given.next();

  expect(first.value).toEqual([anEntry(1)]);
  await expect(given.next()).rejects.toThrow("no entry");
});

function anEntry(size: number): Entry {
  return create(EntrySchema, { kind: { case: "runErrored", value: { message: "x".repeat(size) } } });
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + toBinary(EntrySchema, entry).length + 6, 0);
}

async function* oneByOne(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

async function gathered(given: AsyncIterable<Entry[]>): Promise<Entry[][]> {
  const all: Entry[][] = [];
  for await (const batch of given) all.push(batch);
  return all;
}
