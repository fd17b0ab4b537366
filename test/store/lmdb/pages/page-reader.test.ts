import { expect, test } from "vitest";
import { Engine, type KeyRange, type Reader } from "../../../../src/store/lmdb/engine.js";
import { PageReader } from "../../../../src/store/lmdb/pages/page-reader.js";
import { key, keyAfter, TABLE } from "../../../../src/store/lmdb/tables/keys.js";
import { closedStore } from "../closed-store.js";
import { fillEveryTable } from "../filled-store.js";

test("the pages of a file give what the database library gives, forwards, backwards and key by key", async () => {
  const { dir } = await closedStore(fillEveryTable);
  const pages = new PageReader(dir, (error) => {
    throw error;
  });
  const fromPages = Object.values(TABLE).map((tag) => everythingUnder(pages, tag));
  pages.close();
  const engine = new Engine(dir, 2 ** 30);
  engine.openFeed();
  const fromLibrary = Object.values(TABLE).map((tag) => everythingUnder(engine.read(), tag));
  await engine.close();

  expect(fromPages).toEqual(fromLibrary);
  expect(fromPages.flatMap(({ upwards }) => upwards).length).toBeGreaterThan(30);
});

function everythingUnder(reader: Reader, tag: number) {
  const [start, end] = [key(tag), keyAfter(key(tag))];
  const upwards = rows(reader, { start, end });
  const downwards = rows(reader, { start: end, end: start, reverse: true });
  const middle = upwards[Math.floor(upwards.length / 2)]?.key;
  const belowMiddle = middle === undefined ? [] : rows(reader, { start: Buffer.from(middle, "hex"), end: start, reverse: true });
  const gets = upwards.map((row) => reader.get(Buffer.from(row.key, "hex"))?.toString("hex"));
  return { upwards, downwards, belowMiddle, gets };
}

function rows(reader: Reader, range: KeyRange) {
  return Array.from(reader.range(range), (found) => ({ key: found.key.toString("hex"), value: found.value.toString("hex") }));
}
