import { expect, test } from "vitest";
import { pairLines, tableLines } from "../../src/cli/table.js";

test("columns are as wide as their widest cell, and numbers stand at the right", () => {
  const lines = tableLines(
    [{ heading: "NAME" }, { heading: "COUNT", isNumber: true }, { heading: "WHERE" }],
    [
      ["a", "5", "here"],
      ["longer", "12345678", ""],
    ],
  );

  expect(lines).toEqual(["NAME       COUNT  WHERE", "a              5  here", "longer  12345678"]);
});

test("headings and names are painted, in the width that they have without colours", () => {
  const named = (part: string, text: string) => `<${part}>${text}</${part}>`;

  const table = tableLines([{ heading: "NAME" }, { heading: "COUNT", isNumber: true }], [["longer", "12345678"]], named);

  expect(table).toEqual(["<strong>NAME  </strong>  <strong>   COUNT</strong>", "longer  12345678"]);
  expect(
    pairLines(
      [
        ["a", "b"],
        ["long", ""],
      ],
      named,
    ),
  ).toEqual(["<faint>a   </faint>  b", "<faint>long</faint>"]);
});

test("a character that is drawn two columns wide takes two", () => {
  expect(
    pairLines([
      ["日本", "x"],
      ["abcdef", "y"],
    ]),
  ).toEqual(["日本    x", "abcdef  y"]);
});

test("a table without headings has no line for them, and controls in its cells are escaped", () => {
  expect(pairLines([["a", "\u001b[1m"]])).toEqual(["a  \\u001b[1m"]);
});
