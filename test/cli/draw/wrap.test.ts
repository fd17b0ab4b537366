import fc from "fast-check";
import { expect, test } from "vitest";
import { columnCount } from "../../../src/cli/draw/column-count.js";
import { wrapped } from "../../../src/cli/draw/wrap.js";

function lines(text: string, columns: number, firstColumns = columns): string[] {
  return [...wrapped(text, { columns, firstColumns })].map((line) => line.text);
}

test.each([
  ["a text that fits", "one two", ["one two"]],
  ["words, behind a space", "one two three four", ["one two", "three four"]],
  ["a word that is too long, anywhere", "abcdefghijklmno", ["abcdefghij", "klmno"]],
  ["a space at the end of the room, which nobody sees", "0123456789 abc", ["0123456789", "abc"]],
  ["line ends of the text", "a\n\n  b\n", ["a", "", "  b"]],
  ["an empty text", "", [""]],
  ["an escape, which stays whole", "1234567\u001b[2J", ["1234567", "\\u001b[2J"]],
  ["an escape behind a word that fills a line", "a 12345678\u001b", ["a", "12345678", "\\u001b"]],
  ["common controls as people write them", "a\tb\r\nc", ["a\\tb\\r", "c"]],
  ["wide characters, which take two columns", "日本語日本語", ["日本語日本", "語"]],
  ["an emoji, of which no half is left", "123456789🌱", ["123456789", "🌱"]],
])("%s", (_, text, expected) => {
  expect(lines(text, 10)).toEqual(expected);
});

test("the first line has a room of its own", () => {
  expect(lines("one two three", 10, 4)).toEqual(["one", "two three"]);
  expect(lines("\u001b", 10, 4)).toEqual(["", "\\u001b"]);
});

test("whatever the text, no line is wider than the room, and each goes on where the one before ended", () => {
  const texts = fc.string({
    unit: fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), fc.constantFrom(" ", "a", "\u001b")),
    maxLength: 60,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 6, max: 40 }), (text, columns) => {
      const drawn = [...wrapped(text, { columns })];

      expect(drawn.every((line) => columnCount(line.text) <= columns && !/[\p{Cc}\p{Bidi_Control}]/u.test(line.text))).toBe(true);
      expect(drawn.map((line) => line.end)).toEqual(drawn.map((line) => line.end).toSorted((a, b) => a - b));
      expect(drawn.at(-1)?.end).toBe(text.length);
      expect(drawn.some((line) => /\p{Surrogate}/u.test(line.text))).toBe(false);
    }),
  );
});

test("where nothing is wrapped, the lines are the text's own", () => {
  const texts = fc.array(
    fc.string().filter((line) => !/[\n\r\t]/.test(line)),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(texts, (own) => {
      const text = own.join("\n");

      const drawn = [...wrapped(text, { columns: Number.POSITIVE_INFINITY })].map((line) => line.text);

      expect(drawn).toEqual((text === "" ? "" : text.replace(/\n$/, "")).split("\n").map((line) => line.trimEnd()));
    }),
  );
});
