import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beginOpening, OpeningFailedError } from "../../../src/store/lmdb/opening-marker.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

test("an opening that comes to an end leaves nothing behind", () => {
  const folder = temporaryFolder();

  const opening = beginOpening(folder);
  const during = readFileSync(join(folder, "opening"), "utf8");
  opening.ended();

  expect(opening.earlierCount).toBe(0);
  expect(during).toMatch(new RegExp(`^pid ${process.pid} since \\S+\n$`));
  expect(existsSync(join(folder, "opening"))).toBe(false);
});

test("after three openings that ended their process the next one is refused, until somebody removes the file", () => {
  const folder = temporaryFolder();

  const counts = [1, 2, 3].map(() => beginOpening(folder).earlierCount); // none of them ends

  expect(counts).toEqual([0, 1, 2]);
  expect(() => beginOpening(folder)).toThrow(OpeningFailedError);
  writeFileSync(join(folder, "opening"), "");
  expect(beginOpening(folder).earlierCount).toBe(0);
});
