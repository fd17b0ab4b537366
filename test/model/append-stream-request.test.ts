import { expect, test } from "vitest";
import { parseAppendStreamRequest } from "../../src/model/append-stream-request.js";
import { nested, raw, tag, varint } from "./raw-message.js";

test("a stream's message is its number and the bytes of its unit", () => {
  const bytes = raw(nested(9, "unknown"), nested(2, "the unit, unchecked"), varint(1, 2n ** 64n - 1n));

  const unit = parseAppendStreamRequest(bytes);

  expect(unit.correlationId).toBe(2n ** 64n - 1n);
  expect(unit.append).toEqual(new TextEncoder().encode("the unit, unchecked"));
  expect(unit.append.buffer).toBe(bytes.buffer);
});

test("a unit that comes in parts is merged, and one that does not come is empty", () => {
  expect(parseAppendStreamRequest(raw(nested(2, [1, 2]), nested(2, [3]))).append).toEqual(Uint8Array.from([1, 2, 3]));
  expect(parseAppendStreamRequest(raw())).toEqual({ correlationId: 0n, append: new Uint8Array(0) });
});

test.each([
  ["a tag that is cut off", raw([0x80]), "request is cut off"],
  ["an unknown field past the end", raw(tag(9, 2), [5]), "request has a length past the end"],
  ["a number that is text", nested(1, "5"), "correlation_id has the wrong wire type"],
  ["a number that is cut off", tag(1, 0), "correlation_id is cut off"],
  ["a unit that is a number", varint(2, 5), "append has the wrong wire type"],
  ["a unit past the end", raw(tag(2, 2), [5]), "append has a length past the end"],
])("a stream's message is refused: %s", (_, bytes, message) => {
  expect(() => parseAppendStreamRequest(bytes)).toThrow(message);
  expect(() => parseAppendStreamRequest(bytes)).toThrow(expect.objectContaining({ reason: "INVALID_FIELD" }));
});
