import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesKind, durationKind, integerKind, MODE_KIND } from "../../../src/daemon/config/setting-kinds.js";

const ALL = { min: 0, max: Number.MAX_SAFE_INTEGER };

test.each([
  ["sizes", bytesKind(ALL), 2 ** 49],
  ["times", durationKind(ALL), 2 ** 49],
  ["whole numbers", integerKind(ALL), 2 ** 49],
  ["modes", MODE_KIND, 0o777],
])("%s read back as they were shown", (_, kind, max) => {
  const values = fc.oneof(
    fc.integer({ min: 0, max }),
    fc.integer({ min: 0, max: Math.floor(max / 1024) }).map((value) => value * 1024),
  );

  fc.assert(
    fc.property(
      values.filter((value) => value <= max),
      (value) => {
        expect(kind.parse(kind.format(value), "/")).toBe(value);
      },
    ),
  );
});

test.each([
  ["64MiB", 64 * 2 ** 20],
  ["64 MiB", 64 * 2 ** 20],
  ["1TiB", 2 ** 40],
  ["17B", 17],
  ["17", 17],
  ["17MB", undefined],
  ["17mib", undefined],
  ["-1", undefined],
  ["1.5GiB", undefined],
  ["", undefined],
  ["MiB", undefined],
])("the size %j is %j bytes", (text, bytes) => {
  expect(bytesKind(ALL).parse(text, "/")).toBe(bytes);
});

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["5", undefined],
  ["5min", undefined],
  ["5M", undefined],
])("the time %j is %j ms", (text, ms) => {
  expect(durationKind(ALL).parse(text, "/")).toBe(ms);
});

test("bounds are part of what is accepted", () => {
  const kind = integerKind({ min: 2, max: 4 });

  const parsed = ["1", "2", "4", "5"].map((text) => kind.parse(text, "/"));

  expect(parsed).toEqual([undefined, 2, 4, undefined]);
});
