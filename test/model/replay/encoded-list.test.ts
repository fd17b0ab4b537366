import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OpeningHistorySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { RESPONSE_BYTES } from "../../../src/model/limits.js";
import { EncodedList, HEADROOM_BYTES } from "../../../src/model/replay/encoded-list.js";
import { nested, raw } from "../raw-message.js";

const PIECE_BYTES = RESPONSE_BYTES - 1024;
const FIELD = 9;

test("a list of no elements is encoded as nothing", () => {
  const list = new EncodedList(FIELD);

  expect([...list.pieces()]).toEqual([]);
  expect([...list]).toEqual([]);
});

test("law: a list is its elements, one behind the other", () => {
  const size = fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: PIECE_BYTES - 10, max: PIECE_BYTES + 10 }) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.integer({ min: 0, max: 255 })), { maxLength: 8 }), (shapes) => {
      const elements = shapes.map(([bytes, value]) => new Uint8Array(bytes).fill(value));

      const list = listOf(elements);

      expect([...list].map(bytesOf)).toEqual(elements.map(bytesOf));
      expect(bytesOf(Buffer.concat([...list.pieces()]))).toEqual(bytesOf(Buffer.concat(elements.map((element) => nestedBytes(element)))));
    }),
    { numRuns: 50 },
  );
});

test("an element may stand within other bytes, and is copied", () => {
  const bytes = raw([1, 2, 3, 4]);
  const list = new EncodedList(FIELD);

  list.add(bytes, 1, 3);
  bytes.fill(0);

  expect([...list.pieces()]).toEqual([nested(FIELD, [2, 3])]);
});

test("law: a copy is gone on from without its original being touched, nor it by its original", () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: PIECE_BYTES - 10, max: PIECE_BYTES + 10 })), { maxLength: 5 });
  fc.assert(
    fc.property(sizes, sizes, sizes, (first, ofCopy, ofOriginal) => {
      const filled = (counts: readonly number[], value: number) => counts.map((bytes) => new Uint8Array(bytes).fill(value));
      const original = listOf(filled(first, 1));

      const copy = original.copy();
      for (const element of filled(ofCopy, 2)) copy.add(element);
      for (const element of filled(ofOriginal, 3)) original.add(element);

      expect([...copy].map(bytesOf)).toEqual([...filled(first, 1), ...filled(ofCopy, 2)].map(bytesOf));
      expect([...original].map(bytesOf)).toEqual([...filled(first, 1), ...filled(ofOriginal, 3)].map(bytesOf));
    }),
    { numRuns: 20 },
  );
});

test("pieces hold whole elements, one that is larger than a piece by itself", () => {
  const sizes = [PIECE_BYTES, 1_000_000, 40_000, 10_000, PIECE_BYTES + 1, 10, 10];

  const pieces = [...listOf(sizes.map((size) => new Uint8Array(size))).pieces()];

  const elementSizes = pieces.map((piece) => fromBinary(OpeningHistorySchema, piece).$unknown?.map(({ data }) => data.length));
  // What is kept of an unknown field begins with its length, of as many bytes as that takes.
  expect(elementSizes).toEqual([[PIECE_BYTES + 3], [1_000_003, 40_003], [10_002], [PIECE_BYTES + 4], [11, 11]]);
});

test("before each piece is room for a head", () => {
  const list = listOf([Uint8Array.of(1, 2), new Uint8Array(PIECE_BYTES), Uint8Array.of(3)]);
  const before = [...list].map(bytesOf);

  for (const { buffer, byteOffset } of list.pieces()) new Uint8Array(buffer, byteOffset - HEADROOM_BYTES, HEADROOM_BYTES).fill(0xff);

  expect([...list].map(bytesOf)).toEqual(before);
});

test("the memory of a list is about its bytes", () => {
  const element = toBinary(OpeningHistorySchema, create(OpeningHistorySchema, { history: Array.from({ length: 300 }, () => ({})) }));

  const pieces = [...listOf(new Array<Uint8Array>(10_000).fill(element)).pieces()];

  const held = pieces.reduce((size, { buffer }) => size + buffer.byteLength, 0);
  expect(held).toBeLessThan(1.2 * 10_000 * element.length);
});

function listOf(elements: readonly Uint8Array[]): EncodedList {
  const list = new EncodedList(FIELD);
  for (const element of elements) list.add(element);
  return list;
}

function nestedBytes(element: Uint8Array): Uint8Array {
  const length =
    element.length < 0x80
      ? [element.length]
      : element.length < 0x4000
        ? [(element.length & 0x7f) | 0x80, element.length >> 7]
        : [(element.length & 0x7f) | 0x80, ((element.length >> 7) & 0x7f) | 0x80, element.length >> 14];
  return Buffer.concat([Uint8Array.of(FIELD * 8 + 2, ...length), element]);
}

/** For comparison: hex is compared faster than elements. */
function bytesOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
