import { expect, test } from "vitest";
import { KnownSegments } from "../../../src/cli/mirror/known-segments.js";

test("the segments that were touched longest ago are forgotten", () => {
  const known = new KnownSegments(2);
  const at = (lastPosition: bigint) => ({ entryCount: 1n, lastPosition });
  known.set("a", at(1n));
  known.set("b", at(2n));

  known.set("a", at(3n));
  known.set("c", at(4n));

  expect([known.get("a"), known.get("b"), known.get("c")]).toEqual([at(3n), undefined, at(4n)]);
});
