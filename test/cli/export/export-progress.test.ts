import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { SessionSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { ExportProgress, totalsOf } from "../../../src/cli/export/export-progress.js";

const SESSIONS = [2n, 1n].map((segmentCount) => create(SessionSchema, { segmentCount }));

test("an export is as far as the sessions, segments and entries that are written", async () => {
  const shown: string[] = [];
  const progress = new ExportProgress({ isShown: true, show: (text) => shown.push(text) }, await totalsOf(SESSIONS));

  progress.atEntry(1);
  progress.segmentDone(1500);
  progress.atEntry(1); // of the next one
  progress.segmentDone(1);
  progress.sessionDone();

  expect(shown).toEqual([
    "exporting  0 of 2 sessions, 0 of 3 segments, 1 entry",
    "exporting  0 of 2 sessions, 1 of 3 segments, 1,500 entries",
    "exporting  0 of 2 sessions, 1 of 3 segments, 1,501 entries",
    "exporting  0 of 2 sessions, 2 of 3 segments, 1,501 entries",
    "exporting  1 of 2 sessions, 2 of 3 segments, 1,501 entries",
  ]);
});
