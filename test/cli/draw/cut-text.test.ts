import { expect, test } from "vitest";
import { CHARS_MAX, cutText, LINES_MAX } from "../../../src/cli/draw/cut-text.js";

const UNWRAPPED = { columns: Number.POSITIVE_INFINITY };

function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");
}

test("a text of as many lines as are drawn is not cut", () => {
  const { lines, leftOut } = cutText(numbered(LINES_MAX), UNWRAPPED, { isFull: false });

  expect(lines).toHaveLength(LINES_MAX);
  expect(leftOut).toBeUndefined();
});

test("a text of more lines is cut, and it is said how much is left out", () => {
  const { lines, leftOut } = cutText(numbered(LINES_MAX + 2), UNWRAPPED, { isFull: false });

  expect(lines.at(-1)).toBe(`line ${LINES_MAX}`);
  expect(leftOut).toBe("… 2 lines, 16 characters more; --full shows them");
});

test("a line that is long is cut between characters", () => {
  const { lines, leftOut } = cutText(`a${"🌱".repeat(CHARS_MAX)}`, UNWRAPPED, { isFull: false });

  expect(lines).toEqual([`a${"🌱".repeat(CHARS_MAX / 2 - 1)}`]);
  expect(leftOut).toBe(`… 2,002 characters more; --full shows them`);
});

test("all of it is drawn where all of it is wanted", () => {
  const { lines, leftOut } = cutText(numbered(1000), UNWRAPPED, { isFull: true });

  expect(lines).toHaveLength(1000);
  expect(leftOut).toBeUndefined();
});
