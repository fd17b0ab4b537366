import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DamagedStoreError } from "../../../src/store/lmdb/damaged-store-error.js";
import { DATA_FILE, Engine } from "../../../src/store/lmdb/engine.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { PageReader } from "../../../src/store/lmdb/pages/page-reader.js";
import { StoreLockedError } from "../../../src/store/lmdb/store-lock.js";
import { key, TABLE } from "../../../src/store/lmdb/tables/keys.js";
import { FORMAT_VERSION, NewerFormatError, writeStoreMeta } from "../../../src/store/lmdb/tables/store-meta.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { idOf, said, segment } from "../contract/sample-entries.js";
import { readAll } from "../contract/whole-reads.js";
import { append, aSegment } from "../contract/writes.js";
import { closedStore } from "./closed-store.js";
import { fillEveryTable } from "./filled-store.js";

const MAP_BYTES = 2 ** 30;

test("a store keeps its id, whoever opens it again", async () => {
  const dir = temporaryFolder();
  let n = 0;
  const newId = () => idOf(++n);

  const first = await openLmdbStore({ dir, newId });
  const { storeId } = await first.status();
  await first.close();
  const second = await openLmdbStore({ dir, newId });
  onTestFinished(() => second.close());

  expect(storeId).toBe(idOf(1));
  expect(await second.status()).toMatchObject({ storeId, formatVersion: FORMAT_VERSION, headPosition: 0 });
});

test("a store of a newer format is refused untouched, and is not held", async () => {
  const dir = temporaryFolder();
  const engine = new Engine(dir, MAP_BYTES);
  await engine.commit((writer) => writeStoreMeta(writer, { formatVersion: FORMAT_VERSION + 1, storeId: idOf(1) }));
  await engine.close();
  const before = readFileSync(join(dir, DATA_FILE));

  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(openLmdbStore({ dir, newId: () => idOf(2) })).rejects.toThrow(NewerFormatError);
  }

  expect(readFileSync(join(dir, DATA_FILE)).equals(before)).toBe(true);
});

test("a new store whose making was interrupted in the middle of its first write is made anew", async () => {
  const dir = temporaryFolder();
  const making = join(dir, "making");
  mkdirSync(making, { mode: 0o700 });
  const engine = new Engine(making, MAP_BYTES);
  await engine.close();
  truncateSync(join(making, DATA_FILE), 4096); // one of the two roots; LMDB dies of such a file

  const store = await openLmdbStore({ dir, newId: () => idOf(1) });
  onTestFinished(() => store.close());

  expect(await aSegment(store)).toMatchObject({ entryCount: 1 });
  expect(readdirSync(dir).toSorted()).toEqual(["LOCK", "STORE", DATA_FILE, "lock.mdb"]);
});

test("a store that is open is refused to a second owner, until it is closed", async () => {
  const dir = temporaryFolder();
  const open = () => openLmdbStore({ dir, newId: () => idOf(1) });
  const first = await open();

  await expect(open()).rejects.toThrow(StoreLockedError);
  expect(await aSegment(first)).toMatchObject({ entryCount: 1 });
  await first.close();
  const second = await open();
  onTestFinished(() => second.close());

  expect(await append(second, segment(100), [said("of the second")])).toMatchObject({ firstIndex: 1 });
});

test("a folder may have a dot in its name", async () => {
  const dir = join(temporaryFolder(), "store.v1");

  const store = await openLmdbStore({ dir, newId: () => idOf(1) });
  await store.close();

  expect(readdirSync(dir).toSorted()).toEqual(["LOCK", "STORE", "data.mdb", "lock.mdb"]);
});

test("a store that does not prove whole is refused and left as it is; where it is allowed, the rest of it is there", async () => {
  const closed = await closedStore(fillEveryTable);
  closed.flip(await closed.valueOf(key(TABLE.feed, 4)), 60);
  const before = readFileSync(join(closed.dir, DATA_FILE));
  const options = { dir: closed.dir, newId: () => idOf(1) };
  const findings: number[] = [];

  await expect(openLmdbStore(options)).rejects.toThrow(DamagedStoreError);
  const after = readFileSync(join(closed.dir, DATA_FILE));
  const store = await openLmdbStore({ ...options, allowDamaged: true, onChecked: ({ findingCount }) => findings.push(findingCount) });
  onTestFinished(() => store.close());

  expect(after.equals(before)).toBe(true);
  expect(findings).toEqual([1]);
  expect(await readAll(store, segment(200))).toHaveLength(61);
  await expect(readAll(store, segment(100))).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH", metadata: { index: "3" } });
});

test("damaged pages are refused, allowed or not: the database library would be ended by them", async () => {
  const { dir } = await closedStore(fillEveryTable);
  const file = join(dir, DATA_FILE);
  const bytes = readFileSync(file);
  const reader = new PageReader(dir, () => {});
  const root = reader.trees.find(({ name }) => name === "feed")?.root.page ?? 0;
  reader.close();
  bytes.fill(0, root * 4096, (root + 1) * 4096);
  writeFileSync(file, bytes);

  for (const allowDamaged of [false, true]) {
    const opened = openLmdbStore({ dir, newId: () => idOf(1), allowDamaged });
    await expect(opened).rejects.toMatchObject({ name: "DamagedStoreError", canBeAllowed: false });
  }
  expect(readFileSync(file).equals(bytes)).toBe(true);
});
