import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { idBytes } from "../../../../src/model/id.js";
import { DATA_FILE, Engine } from "../../../../src/store/lmdb/engine.js";
import { MAP_BYTES_DEFAULT } from "../../../../src/store/lmdb/map-bytes.js";
import { key, TABLE } from "../../../../src/store/lmdb/tables/keys.js";
import type { Finding } from "../../../../src/store/lmdb/verify/check.js";
import { DEEP, QUICK } from "../../../../src/store/lmdb/verify/scope.js";
import { verifyStore } from "../../../../src/store/lmdb/verify/verify-store.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { segment, session } from "../../contract/sample-entries.js";
import { type ClosedStore, closedStore } from "../closed-store.js";
import { fillEveryTable } from "../filled-store.js";

const A = segment(100);
/** Bytes of a root that LMDB goes by. */
const ROOT_BYTES = 168;

const EMPTY = Buffer.alloc(0);
const at = (tag: number, ...parts: (Uint8Array | number)[]) => key(tag, ...parts);
const position = (number: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
};

test("a store with something in every table but that of tokens proves whole, and is left as it is", async () => {
  const { dir } = await closedStore(fillEveryTable);
  const before = readFileSync(join(dir, DATA_FILE));

  const reports = [QUICK, DEEP].map((scope) => verifyStore(dir, { ...scope, replays: false }));

  expect(reports.map(({ findingCount, hasSoundPages }) => [findingCount, hasSoundPages])).toEqual([
    [0, true],
    [0, true],
  ]);
  expect(reports[1]?.checks.filter(({ checkedCount, name }) => checkedCount === 0 && name !== "purges" && name !== "tokens")).toEqual([]);
  expect(readFileSync(join(dir, DATA_FILE)).equals(before)).toBe(true);
});

test("a copy that nobody has written to yet proves whole, though its two roots do not follow each other", async () => {
  const { dir } = await closedStore(fillEveryTable);
  const copy = temporaryFolder();
  const engine = new Engine(dir, MAP_BYTES_DEFAULT);
  await engine.copyTo(copy);
  await engine.close();

  const { findingCount, checks } = verifyStore(copy, { ...DEEP, replays: false });

  expect(findingCount, JSON.stringify(checks)).toBe(0);
  expect(checks.find(({ name }) => name === "feed")?.checkedCount).toBeGreaterThan(0);
});

/** What is done to the store, and what is found then: the table, the segment and the index, and the problem. */
const damages: readonly (readonly [what: string, damage: (store: ClosedStore) => Promise<void>, found: Partial<Finding>])[] = [
  [
    "a pointer of the index is gone",
    ({ remove }) => remove(at(TABLE.segmentIndex, idBytes(A), 3)),
    { table: "segment index", segmentId: A, index: 3 },
  ],
  [
    "a pointer leads elsewhere",
    ({ put }) => put(at(TABLE.segmentIndex, idBytes(A), 3), position(1)),
    { table: "segment index", segmentId: A, index: 3, problem: "leads to another position than that of the record" },
  ],
  ["a record is gone", ({ remove }) => remove(at(TABLE.feed, 4)), { table: "segments", segmentId: A }],
  ["a head is gone", ({ remove }) => remove(at(TABLE.segmentHeads, idBytes(A))), { table: "membership", segmentId: A }],
  [
    "a segment is not listed",
    ({ remove }) => remove(at(TABLE.membership, idBytes(session(1)), idBytes(A))),
    { table: "segment heads", segmentId: A },
  ],
  [
    "another session lists it",
    ({ put }) => put(at(TABLE.membership, idBytes(session(2)), idBytes(A)), EMPTY),
    { table: "membership", segmentId: A, problem: "lists a segment of another session" },
  ],
  ["its session is gone", ({ remove }) => remove(at(TABLE.sessions, idBytes(session(1)))), { table: "segment heads", segmentId: A }],
  [
    "a base does not know of its fork",
    ({ remove }) => remove(at(TABLE.dependents, idBytes(A), 8, idBytes(segment(101)))),
    { table: "dependents", segmentId: segment(101), index: 0 },
  ],
  ["a turn is gone", ({ remove }) => remove(at(TABLE.turns, idBytes(A), 1)), { table: "turns", segmentId: A, index: 4 }],
  ["part of a trace is gone", ({ remove }) => remove(at(TABLE.traces, idBytes(A), 1)), { table: "traces", segmentId: A, index: 2 }],
  [
    "the end of a trace is gone",
    ({ remove }) => remove(at(TABLE.traces, idBytes(A), 2)),
    { table: "traces", segmentId: A, problem: "has 4 bytes, and its segment says 6" },
  ],
  [
    "a trace is gone as a whole",
    async ({ remove }) => {
      for (let index = 0; index < 3; index++) await remove(at(TABLE.traces, idBytes(A), index));
    },
    { table: "segment heads", segmentId: A, problem: "says that it has a trace of 6 bytes, and there is none" },
  ],
  ["an event is not noted", (store) => removeFirst(store, TABLE.sessionEvents), { table: "session events" }],
  [
    "a request id is gone",
    (store) => removeFirst(store, TABLE.requestIds),
    { table: "request ids", problem: "is missing, and its expiry is there" },
  ],
  ["its expiry is gone", (store) => removeFirst(store, TABLE.requestExpiry), { table: "request ids" }],
  ["a key is of no table", ({ put }) => put(Buffer.from("nonsense"), EMPTY), { table: "keys" }],
  [
    "a deletion mark leads elsewhere",
    async (store) => {
      const [mark = EMPTY] = await store.keysOf(TABLE.deletionMarks);
      await store.put(mark, await store.valueOf(at(TABLE.sessions, idBytes(session(1)))));
    },
    { table: "deletion marks", problem: "fails its checksum" },
  ],
];

test.each(damages)("where %s, the quick look and the deep one say so", async (_, damage, found) => {
  const closed = await closedStore(fillEveryTable);

  await damage(closed);

  for (const scope of [QUICK, DEEP]) {
    const report = verifyStore(closed.dir, { ...scope, replays: false });
    expect(report.hasSoundPages).toBe(true);
    expect(report.checks.flatMap(({ findings }) => findings)).toContainEqual(expect.objectContaining(found));
  }
});

test("a flipped byte of a record is told with segment and index, and nothing of what stands there", async () => {
  const closed = await closedStore(fillEveryTable);
  closed.flip(await closed.valueOf(at(TABLE.feed, 4)), 60);

  const { checks } = verifyStore(closed.dir, QUICK);

  expect(checks.flatMap(({ findings }) => findings)).toContainEqual({
    table: "feed",
    segmentId: A,
    index: 3,
    problem: "record at position 4 fails its checksum",
  });
});

test("the deep look holds entries to the contract", async () => {
  const { dir } = await closedStore(fillEveryTable);

  const { checks } = verifyStore(dir, DEEP);

  // Trace records of these tests are none.
  expect(checks.flatMap(({ findings }) => findings).map(({ table, problem }) => `${table} ${problem}`)).toEqual(
    Array(3).fill("traces is not of the contract"),
  );
});

test("a page that any byte of its header, offsets or nodes is flipped in is noticed, or nothing was changed", {
  timeout: 120_000,
}, async () => {
  const { dir } = await closedStore(fillEveryTable);
  const file = join(dir, DATA_FILE);
  const bytes = readFileSync(file);
  let noticed = 0;

  // A stride that is prime to the page, so that every kind of place is met with.
  for (let place = 0; place < bytes.length; place += 331) {
    const damaged = Buffer.from(bytes);
    damaged[place] = (damaged[place] ?? 0) ^ 0x01;
    writeFileSync(file, damaged);
    const before = noticed;
    if (verifyStore(dir, { ...DEEP, replays: false }).findingCount > 0) noticed++;
    else if (before === noticed) await expectUnchanged(dir, bytes, place);
  }

  expect(noticed).toBeGreaterThan(50);
});

test("a bit that is flipped anywhere in the roots is noticed, or says nothing that anybody goes by", { timeout: 120_000 }, async () => {
  const { dir } = await closedStore(fillEveryTable);
  const file = join(dir, DATA_FILE);
  const bytes = readFileSync(file);
  const unnoticed = new Set<number>();

  for (let place = 0; place < 2 * ROOT_BYTES; place++) {
    const damaged = Buffer.from(bytes);
    const at = (place % ROOT_BYTES) + (place < ROOT_BYTES ? 0 : 4096);
    damaged[at] = (damaged[at] ?? 0) ^ (place % 2 === 0 ? 0x80 : 0x01);
    writeFileSync(file, damaged);
    if (verifyStore(dir, QUICK).findingCount === 0) unnoticed.add(at);
  }

  const inForce = bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(4096 + 152) ? 0 : 4096;
  const ofTrees = [...unnoticed].filter((at) => at >= inForce + 48 && at < inForce + 160 && !(at >= inForce + 96 && at < inForce + 100));
  expect(ofTrees).toEqual([]);
});

/** What is not noticed must be of no page in use: of free ones, of room between nodes, or of old roots. */
async function expectUnchanged(dir: string, bytes: Buffer, place: number): Promise<void> {
  const { PageReader } = await import("../../../../src/store/lmdb/pages/page-reader.js");
  const texts = [0, 1].map((turn) => {
    if (turn === 1) writeFileSync(join(dir, DATA_FILE), bytes);
    const reader = new PageReader(dir, (error) => {
      throw error;
    });
    const rows = [TABLE.feed, ...Object.values(TABLE)].flatMap((tag) =>
      Array.from(
        reader.range({ start: key(tag), end: key(tag, Buffer.alloc(64, 0xff)) }),
        (found) => `${found.key.toString("hex")} ${found.value.toString("hex")}`,
      ),
    );
    reader.close();
    return rows;
  });
  expect(texts[0], `byte ${place}`).toEqual(texts[1]);
}

async function removeFirst(store: ClosedStore, table: number): Promise<void> {
  const [first = EMPTY] = await store.keysOf(table);
  await store.remove(first);
}
