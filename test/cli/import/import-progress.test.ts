import { expect, test } from "vitest";
import { ImportProgress } from "../../../src/cli/import/import-progress.js";

test("an import is as far as the segments that are done and the entries that are read, each once", () => {
  const shown: string[] = [];
  const progress = new ImportProgress({ isShown: true, show: (text) => shown.push(text) });

  progress.atEntry(1);
  progress.atEntry(2);
  progress.atEntry(1); // the file is read again
  progress.atEntry(2);
  progress.segmentDone();
  progress.segmentDone(); // one without entries

  expect(shown).toEqual([
    "importing  0 segments done, 1 entry",
    "importing  0 segments done, 2 entries",
    "importing  0 segments done, 1 entry",
    "importing  0 segments done, 2 entries",
    "importing  1 segment done, 2 entries",
    "importing  2 segments done, 2 entries",
  ]);
});
