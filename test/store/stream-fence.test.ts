import { expect, test } from "vitest";
import { parseSegmentId } from "../../src/model/id.js";
import { StreamFence } from "../../src/store/stream-fence.js";

const A = parseSegmentId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
const B = parseSegmentId("01ARZ3NDEKTSV4RRFFQ69G5FAW");

test("behind a refused unit, units for its segment are refused, those before it and others are not", () => {
  const fence = new StreamFence();

  fence.close(A, 2);

  expect(() => fence.check(A, 3)).toThrow(expect.objectContaining({ reason: "STREAM_FENCED", metadata: { segment_id: A } }));
  for (const [segmentId, unit] of [
    [A, 1],
    [A, 2],
    [B, 3],
  ] as const)
    expect(() => fence.check(segmentId, unit)).not.toThrow();
});

test("the earliest refusal holds, whichever comes first", () => {
  const fence = new StreamFence();

  fence.close(A, 5);
  fence.close(A, 2);
  fence.close(A, 7);

  expect(() => fence.check(A, 2)).not.toThrow();
  expect(() => fence.check(A, 3)).toThrow();
});

test("behind a unit that waits, units for its segment are held back until every earlier one is decided", () => {
  const fence = new StreamFence();

  fence.hold(A, 1);
  fence.hold(A, 2);
  expect([fence.isHeldBack(A, 0), fence.isHeldBack(A, 1), fence.isHeldBack(A, 2), fence.isHeldBack(B, 2)]).toEqual([
    false,
    false,
    true,
    false,
  ]);

  fence.settle(A, 1);
  expect([fence.isHeldBack(A, 2), fence.isHeldBack(A, 3)]).toEqual([false, true]);
  fence.close(A, 2);
  expect(fence.isHeldBack(A, 3)).toBe(false);
});
