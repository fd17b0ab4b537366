import fc from "fast-check";
import { expect, test } from "vitest";
import { isUtf8 } from "../../../src/model/wire/utf8.js";

test("bytes are UTF-8 exactly where a strict decoder takes them", () => {
  // Bytes from the edges of the tables, among ASCII runs of more than a word.
  const edge = fc.constantFrom(0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff);
  const run = fc.oneof(
    fc.string({ unit: "binary" }).map(encode),
    fc.array(edge, { maxLength: 5 }).map((bytes) => Uint8Array.from(bytes)),
  );

  fc.assert(
    fc.property(fc.array(run, { maxLength: 4 }), fc.nat(3), (runs, offset) => {
      const bytes = Uint8Array.from([...new Array<number>(offset).fill(0xff), ...runs.flatMap((part) => [...part])]);
      const view = new DataView(bytes.buffer);

      expect(isUtf8(bytes, view, offset, bytes.length)).toBe(decodes(bytes.subarray(offset)));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["an overlong slash", [0xc0, 0xaf]],
  ["an overlong null of three bytes", [0xe0, 0x80, 0x80]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a character above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["a character that is cut off", [0xe2, 0x82]],
  ["a continuation without a lead", [0x41, 0x80]],
])("%s is not UTF-8", (_, bytes) => {
  expect(isUtf8(Uint8Array.from(bytes), new DataView(Uint8Array.from(bytes).buffer), 0, bytes.length)).toBe(false);
});

test("a character that the end cuts off is not completed by the bytes behind it", () => {
  const bytes = encode("€");

  expect(isUtf8(bytes, new DataView(bytes.buffer), 0, 2)).toBe(false);
});

function encode(text: string): Uint8Array {
  return Uint8Array.from(new TextEncoder().encode(text));
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
