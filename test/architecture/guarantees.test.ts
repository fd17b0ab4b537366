import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PAGE = readFileSync("docs/guarantees.md", "utf8");

test("every promise names its test", () => {
  const promises = PAGE.split(/^### /m).slice(1);

  const without = promises.filter((promise) => !/^- `test\/.*`: "/m.test(promise)).map((promise) => promise.split("\n")[0]);

  expect(promises.length).toBeGreaterThanOrEqual(16);
  expect(without).toEqual([]);
});

test("every test that a promise names is there", () => {
  const named = [...PAGE.matchAll(/^- `(test\/[^`]+)`: "([^"]+)"/gm)].map(([, file = "", title = ""]) => ({ file, title }));

  const missing = named.filter(({ file, title }) => !readFileSync(file, "utf8").includes(`"${title}"`));

  expect(named.length).toBeGreaterThan(16);
  expect(missing).toEqual([]);
});
