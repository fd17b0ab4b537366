import fc from "fast-check";
import { expect, test } from "vitest";
import { recordCuts } from "../../../src/store/lmdb/record-cuts.js";

const PAGE_BYTES = 4096;

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);

/** The sizes of each record's entries. */
function recordsOf(sizes: readonly number[]): readonly (readonly number[])[] {
  let from = 0;
  return recordCuts(sizes).map((count) => {
    from += count;
    return sizes.slice(from - count, from);
  });
}

test("every entry stands in one record, in order, and none is empty", () => {
  const law = fc.property(fc.array(fc.integer({ min: 10, max: 20_000 }), { maxLength: 300 }), (sizes) => {
    const records = recordsOf(sizes);

    expect(records.flat()).toEqual(sizes);
    expect(records.every((record) => record.length > 0)).toBe(true);
  });
  fc.assert(law);
});

test("a record is of 64 KiB at most, unless a single entry is larger", () => {
  const law = fc.property(fc.array(fc.integer({ min: 10, max: 100_000 }), { maxLength: 300 }), (sizes) => {
    for (const record of recordsOf(sizes)) expect(record.length === 1 || sum(record) < 64 * 1024).toBe(true);
  });
  fc.assert(law);
});

test("entries that fit into half a page together are one record", () => {
  expect(recordCuts([600, 600, 600])).toEqual([3]);
});

test.each([4, 5, 7, 8, 10, 16, 33, 100, 128])("%i entries of 620 bytes fill the pages that they do not share", (count) => {
  const sizes = Array.from({ length: count }, () => 620);

  const pagesOfTheirOwn = recordsOf(sizes).filter((record) => sum(record) > PAGE_BYTES / 2);

  for (const record of pagesOfTheirOwn) {
    const bytes = sum(record);
    expect(bytes / (Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES)).toBeGreaterThan(0.85);
  }
});

test("entries larger than a page share records, of which one page is full in part only", () => {
  expect(recordCuts([8200, 8200])).toEqual([2]);
  expect(recordCuts([8200])).toEqual([1]);
});
