import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMIT_SETTINGS } from "../../../src/daemon/config/settings.js";
import * as limits from "../../../src/model/limits.js";

const ROOT = new URL("../../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/limits.md", ROOT), "utf8");

/** The cells of each row that names a setting. */
const ROWS = PAGE.split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , setting]) => setting?.startsWith("`--"));

test("the page of limits has a row for each that can be set, with its default, and no other", () => {
  const told = ROWS.map(([, , setting, value]) => `${setting} ${value}`).sort();

  const expected = Object.values(LIMIT_SETTINGS).map(({ flag, defaultText }) => `\`${flag}\` ${defaultText}`);
  expect(told).toEqual(expected.sort());
});

test("the page names each limit that is fixed", () => {
  const fixed = Object.keys(limits).filter((name) => name !== "DEFAULT_LIMITS");

  expect(fixed.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
});

test("the tests that the page names are there", () => {
  const named = [...PAGE.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path);

  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});
