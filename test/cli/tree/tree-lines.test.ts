import fc from "fast-check";
import { expect, test } from "vitest";
import { forkTree } from "../../../src/cli/tree/fork-tree.js";
import { treeLines } from "../../../src/cli/tree/tree-lines.js";
import { LINE_RAILS, treeRows } from "../../../src/cli/tree/tree-rows.js";
import { aTold, idOf, type Origin } from "./a-tree.js";

const PLAIN = { paint: (_part: unknown, text: string) => text, isAscii: false, headSegmentId: "" };

/** Rails, mark and number of each segment in a picture. */
function pictureOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/0*(\d+) .*$/, "$1").replace(/ 01K0*/, " "));
}

test("forks branch off, and what goes on stands in its origin's column", () => {
  const segments = [
    aTold(1),
    aTold(2, { of: 1, branch: "conflict_fork" }),
    aTold(3, { of: 1 }),
    aTold(4, { of: 3 }),
    aTold(5, { of: 1, as: "compaction" }),
    aTold(6, { of: 5 }),
    aTold(7, { of: 6 }),
    aTold(8, { of: 6 }),
  ];

  const lines = treeLines(segments, PLAIN);
  const ascii = treeLines(segments, { ...PLAIN, isAscii: true });

  expect(pictureOf(lines)).toEqual(["● 1", "├─▲ 2", "├─● 3", "│ ╰─● 4", "◆ 5", "● 6", "├─● 7", "╰─● 8"]);
  expect(pictureOf(ascii)).toEqual(["* 1", "|-! 2", "|-* 3", "| `-* 4", "# 5", "* 6", "|-* 7", "`-* 8"]);
});

test("a row says what there is, where it branches off, and which segment was last appended to", () => {
  const head = aTold(2, { of: 1, branch: "past_turn_fork" });
  const drawn: [string, string][] = [];
  const paint = (part: string, line: string) => {
    drawn.push([part, line]);
    return line;
  };

  treeLines([aTold(1), head], { ...PLAIN, headSegmentId: head.segmentId, paint });

  const whole = idOf(1);
  expect(drawn).toEqual([
    ["assistant", `● ${whole}    4 entries  turn 0  -`],
    ["strong", `╰─● ${idOf(2)}  4 entries  turn 0  -  HEAD, fork of ${whole} at turn 1, in the past, after 2 entries`],
  ]);
});

test("on a terminal a line is cut at its width, so that it has one row", () => {
  const segments = [aTold(1), aTold(2, { of: 1 })];

  const [, line = ""] = treeLines(segments, { ...PLAIN, columns: 80 });
  const [, ascii = ""] = treeLines(segments, { ...PLAIN, columns: 80, isAscii: true });

  expect(line.length).toBeLessThanOrEqual(80);
  expect(line).toMatch(/^╰─● .*fork.*…$/);
  expect(ascii).toMatch(/^`-\* .*\.\.\.$/);
});

test("an origin that is not there, itself, or goes round in a circle makes roots, apart from each other", () => {
  const dangling = aTold(1, { of: 900 });
  const own = aTold(2, { of: 2, as: "name" });
  const circle = [aTold(3, { of: 5, as: "name" }), aTold(4, { of: 3, as: "name" }), aTold(5, { of: 4, as: "name" })];
  const below = aTold(6, { of: 4 });

  const lines = treeLines([below, ...circle, own, dangling], PLAIN);

  expect(pictureOf(lines)).toEqual(["● 1", "", "● 2", "", "● 3", "● 4", "├─● 5", "╰─● 6"]);
  expect(lines[0]).toContain(`fork of ${idOf(900)} (not here) at turn 1`);
});

test("a chain of thousands is straight, and a thousand siblings are one step aside", () => {
  const chain = Array.from({ length: 5000 }, (_, i) => aTold(i, i === 0 ? {} : { of: i - 1, as: "compaction" }));
  const siblings = [aTold(0), ...Array.from({ length: 1000 }, (_, i) => aTold(i + 1, { of: 0 }))];

  const straight = forkTree(chain).flatMap((root) => treeRows(root, LINE_RAILS));
  const wide = forkTree(siblings).flatMap((root) => treeRows(root, LINE_RAILS));

  expect(straight.map(({ node }) => node.segment)).toEqual(chain);
  expect(new Set(straight.map(({ rails }) => rails))).toEqual(new Set([""]));
  expect(wide.slice(1, -1).every(({ rails }) => rails === "├─")).toBe(true);
  expect(wide.at(-1)?.rails).toBe("╰─");
});

/** Origins as they come, dangling ones, circles and all. */
const anyOrigins = fc.array(
  fc.option(fc.record({ of: fc.nat({ max: 45 }), as: fc.constantFrom("base" as const, "compaction" as const, "name" as const) }), {
    nil: undefined,
  }),
  { maxLength: 40 },
);

test("each segment stands once, below its origin where that is there, in no more columns than the logarithm allows", () => {
  fc.assert(
    fc.property(anyOrigins, (origins: readonly (Origin | undefined)[]) => {
      const segments = origins.map((origin, n) => aTold(n, origin ?? {}));

      const roots = forkTree(segments);
      const rows = roots.flatMap((root) => treeRows(root, LINE_RAILS));

      const rowOf = new Map(rows.map(({ node }, i) => [node, i]));
      expect(rows.map(({ node }) => node.segment.segmentId).sort()).toEqual(segments.map(({ segmentId }) => segmentId));
      for (const [i, { node, rails }] of rows.entries()) {
        if (node.parent !== undefined) expect(rowOf.get(node.parent)).toBeLessThan(i);
        expect(rails.length / 2).toBeLessThanOrEqual(Math.log2(segments.length) + 1);
      }
    }),
  );
});

/** The row that a picture says is the origin of row i: up along the column that its rail hangs on. */
function drawnOrigin(rows: readonly string[], i: number): number {
  const column = /[├╰]─$/.test(rows[i] ?? "") ? (rows[i] ?? "").length - 2 : (rows[i] ?? "").length;
  let at = i - 1;
  while ((rows[at] ?? "").length !== column) at--;
  return at;
}

test("whose child a segment is can be read from the picture alone", () => {
  fc.assert(
    fc.property(anyOrigins, (origins) => {
      for (const root of forkTree(origins.map((origin, n) => aTold(n, origin ?? {})))) {
        const rows = treeRows(root, LINE_RAILS);
        const rails = rows.map((row) => row.rails);

        const read = rows.slice(1).map((_, i) => rows[drawnOrigin(rails, i + 1)]?.node);

        expect(read).toEqual(rows.slice(1).map(({ node }) => node.parent));
      }
    }),
  );
});
