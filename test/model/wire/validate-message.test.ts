import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SegmentService } from "../../../gen/seglog/v1/segment_service_pb.js";
import { SeglogError } from "../../../src/model/errors.js";
import { decodeRequest } from "../../../src/model/wire/decode-request.js";
import { validateMessage } from "../../../src/model/wire/validate-message.js";
import { anyRequest, damaged } from "../arbitrary-request.js";
import { nested, type Part, raw, tag, varint } from "../raw-message.js";

const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const segment = nested(1, ID);
const methods = SegmentService.method;
const item = (number: number) => nested(number, nested(1, varint(1, 1)));
const opening = (...parts: Part[]) => nested(3, nested(4, ...parts));

const badRequests: readonly (readonly [method: keyof typeof methods, fault: string, request: Uint8Array, path: string])[] = [
  ["createSegment", "an empty session id", nested(1, ""), "session_id"],
  ["createSegment", "a bad segment id", nested(2, "x"), "segment_id"],
  ["createSegment", "a bad request id", nested(4, "\n"), "request_id"],
  ["createSegment", "an empty item", nested(3, item(3), nested(3)), "state.history[1].kind"],
  ["compactSegment", "no segment", raw(), "segment_id"],
  ["compactSegment", "an empty new id", raw(segment, nested(6, "")), "new_segment_id"],
  [
    "compactSegment",
    "a part without a kind",
    raw(segment, nested(3, nested(3, nested(1, varint(1, 1), nested(2))))),
    "state.history[0].message.content[0].kind",
  ],
  ["forkSegment", "no segment", varint(2, 1), "segment_id"],
  ["forkSegment", "a count of 0", raw(segment, varint(3, 0)), "entry_count"],
  ["forkSegment", "an unknown way with missing turns", raw(segment, varint(4, 9)), "on_missing_turn"],
  ["forkSession", "no source", nested(3, "key"), "source"],
  ["forkSession", "a point without a segment", nested(2), "point.segment_id"],
  ["forkSession", "a point after no entries", nested(2, segment, varint(3, 0)), "point.entry_count"],
  ["forkSession", "a bad new session id", raw(nested(1), nested(4, "1")), "new_session_id"],
  ["ensureHeadOrFork", "no segment", varint(2, 4), "segment_id"],
  ["append", "no segment", raw(), "segment_id"],
  ["appendStream", "no segment in its unit", nested(2), "append.segment_id"],
  ["appendStream", "a bad entry in its unit", nested(2, segment, nested(2, nested(5))), "append.entries[0].invoke.trigger"],
  ["saveDelta", "an empty item", raw(segment, item(2), item(2), nested(2)), "items[2].kind"],
  ["saveDelta", "a message without a role", raw(segment, nested(2, nested(1))), "items[0].message.role"],
  ["saveDelta", "an unknown way with conflicts", raw(segment, varint(4, -1)), "on_conflict"],
  ["truncateSegment", "no count", segment, "entry_count"],
  ["truncateSegment", "a count of 0", raw(segment, varint(2, 0)), "entry_count"],
  ["deleteSegment", "no segment", raw(), "segment_id"],
  ["deleteSession", "a bad session", nested(1, "x"), "session_id"],
  ["importSegment", "a bad segment id", raw(segment, nested(2, "x")), "segment_id"],
  ["importSegment", "an opening entry without a session", opening(), "entries[0].segment_start.session_id"],
  ["importSegment", "an origin without a segment", opening(segment, nested(5)), "entries[0].segment_start.forked_from.segment_id"],
  [
    "importSegment",
    "a compaction of a bad segment",
    opening(segment, nested(6, nested(1, "?"))),
    "entries[0].segment_start.compacted_from.segment_id",
  ],
  ["importSegment", "a base without a segment", opening(segment, nested(7, varint(2, 5))), "entries[0].segment_start.base.segment_id"],
  ["restoreSegment", "an empty session id", raw(segment, nested(2, "")), "session_id"],
  ["restoreSegment", "a count of 0", raw(segment, varint(4, 0)), "entry_count"],
  ["readEntries", "an unspecified kind", raw(segment, varint(6, 1), varint(6, 0)), "kinds[1]"],
  ["readEntries", "an unspecified kind among packed ones", raw(segment, varint(6, 2), nested(6, [3, 4, 0, 5])), "kinds[3]"],
  ["readEntries", "packed kinds that are cut off", raw(segment, nested(6, [1, 2]), nested(6, [3, 0x80])), "kinds[3]"],
  ["readEntries", "kinds of 4 bytes", raw(segment, tag(6, 5), [1, 0, 0, 0]), "kinds[0]"],
  ["tail", "no scope", varint(4, 1), "scope"],
  ["tail", "an empty segment id", nested(1, ""), "segment_id"],
  ["tail", "a bad session id", nested(2, "x"), "session_id"],
  ["tail", "an unknown edge", raw(nested(3), varint(4, 5)), "edge"],
  ["tail", "a token that is not UTF-8", raw(nested(3), nested(7, [0xff])), "resume_token"],
  ["tail", "an unspecified kind", raw(nested(3), nested(8, [0])), "kinds[0]"],
  ["tail", "heartbeats of less than a second", raw(nested(3), nested(9, varint(2, 999_999_999))), "heartbeat_interval"],
  ["tail", "no time between heartbeats", raw(nested(3), nested(9)), "heartbeat_interval"],
  ["tail", "heartbeats with nanos below 0", raw(nested(3), nested(9, varint(1, 2), varint(2, -1))), "heartbeat_interval"],
  ["tail", "heartbeats with 10^9 nanos", raw(nested(3), nested(9, varint(1, 2), varint(2, 1e9))), "heartbeat_interval"],
  ["tail", "heartbeats of more than 10,000 years", raw(nested(3), nested(9, varint(1, 315_576_000_001))), "heartbeat_interval"],
  ["getSegment", "no segment", raw(), "segment_id"],
  ["getSession", "no session", raw(), "session_id"],
  ["listSegments", "an empty session id", nested(1, ""), "session_id"],
  ["listSegments", "a page below 0", varint(2, -1), "page_size"],
  ["listSessions", "a page below 0", varint(1, -(2n ** 31n)), "page_size"],
  ["appendTrace", "an empty record", raw(segment, nested(2)), "entries[0].payload"],
  ["appendTrace", "an event that is not JSON", raw(segment, nested(2, nested(4, "{"))), "entries[0].stream_event_json"],
  ["appendTrace", "data that is not JSON", raw(segment, nested(2, nested(5, nested(2, "")))), "entries[0].lifecycle.data_json"],
  ["appendTrace", "a time past year 9999", raw(segment, nested(2, nested(1, varint(1, 2n ** 62n)), nested(4, "1"))), "entries[0].time"],
  ["readTrace", "no segment", varint(2, 4), "segment_id"],
  ["getStatus", "a tag that is cut off", raw([0xff]), "request"],
  ["getStatus", "an unknown field of wire type 6", raw([0x0e]), "request"],
];

test.each(badRequests)("%s refuses %s", (method, _, request, path) => {
  expect(fieldAtFault(methods[method].input, request)).toBe(path);
});

const goodRequests: readonly (readonly [method: keyof typeof methods, what: string, request: Uint8Array])[] = [
  ["createSegment", "nothing at all", raw()],
  ["forkSegment", "turn 0", raw(segment, varint(2, 0))],
  ["forkSession", "an empty state", nested(1)],
  ["ensureHeadOrFork", "a count of 0", segment],
  ["importSegment", "no ids", raw()],
  ["importSegment", "empty ids", raw(nested(1, ""), nested(2, ""))],
  ["importSegment", "every kind", raw(opening(segment), nested(3, nested(17)), nested(3, nested(18)))],
  ["readEntries", "a kind of tomorrow", raw(segment, nested(6, [15, 99]))],
  ["tail", "heartbeats of a second", raw(nested(3), nested(9, varint(1, 1)))],
  ["appendTrace", "no records", segment],
  ["appendTrace", "a mark without data", raw(segment, nested(2, nested(5)))],
  ["listSegments", "a page of any size", varint(2, 2n ** 31n - 1n)],
  ["getStatus", "unknown fields", raw(nested(9, "x"), tag(10, 3), tag(10, 4))],
];

test.each(goodRequests)("%s takes %s", (method, _, request) => {
  expect(fieldAtFault(methods[method].input, request)).toBeUndefined();
});

test("of the fields of a oneof the last one is judged", () => {
  const { input } = methods.tail;

  expect(fieldAtFault(input, raw(nested(1, "bad"), nested(2, ID)))).toBeUndefined();
  expect(fieldAtFault(input, raw(nested(2, ID), nested(1, "bad")))).toBe("segment_id");
});

test("a duration that comes in parts is judged by what they add up to", () => {
  const { input } = methods.tail;

  expect(fieldAtFault(input, raw(nested(3), nested(9, varint(2, 1)), nested(9, varint(1, 5))))).toBeUndefined();
  expect(fieldAtFault(input, raw(nested(3), nested(9, varint(1, 5)), nested(9, varint(1, 0))))).toBe("heartbeat_interval");
});

test("the limits of a time are part of it", () => {
  const record = (...time: Part[]) => raw(segment, nested(2, nested(1, ...time), nested(4, "1")));
  const { input } = methods.appendTrace;

  expect(fieldAtFault(input, record(varint(1, -62_135_596_800n)))).toBeUndefined();
  expect(fieldAtFault(input, record(varint(1, 253_402_300_799n), varint(2, 999_999_999)))).toBeUndefined();
});

test("what may be nested in a request still decodes in the answer that nests it deepest", () => {
  const groups = (depth: number) => raw(...new Array<Uint8Array>(depth).fill(tag(9, 3)), ...new Array<Uint8Array>(depth).fill(tag(9, 4)));
  const saved = (depth: number) => raw(nested(1, varint(1, 1)), groups(depth));
  const { input } = methods.saveDelta;

  expect(fieldAtFault(input, raw(segment, nested(2, saved(95))))).toBe("items[0]");
  expect(fieldAtFault(input, raw(segment, nested(2, saved(94))))).toBeUndefined();
  const tailed = nested(3, nested(1, nested(3, nested(7, nested(1, saved(94))))));
  expect(() => fromBinary(methods.tail.output, tailed)).not.toThrow();
});

test("a text at fault never stands in the error", () => {
  const secret = "s3cr3t";
  const requests = [nested(1, secret), raw(segment, nested(2, nested(15, nested(2, secret)))), raw(segment, nested(5, `${secret} `))];

  for (const request of requests) {
    expect(() => validateMessage(methods.append.input, request)).toThrow(SeglogError);
    expect(() => validateMessage(methods.append.input, request)).not.toThrow(secret);
  }
});

test("a request that breaks no rule passes", () => {
  fc.assert(
    fc.property(anyRequest, ({ schema, bytes }) => {
      expect(fieldAtFault(schema, bytes)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("damaged bytes are refused with INVALID_FIELD, or decode", () => {
  fc.assert(
    fc.property(damaged(anyRequest), ({ schema, bytes }) => {
      if (fieldAtFault(schema, bytes) === undefined) expect(decodeRequest(schema, bytes)).toEqual(fromBinary(schema, bytes));
    }),
    { numRuns: 5000 },
  );
});

test("any bytes at all are refused with INVALID_FIELD, or decode", () => {
  const schema = fc.constantFrom(...Object.values(methods).map((method) => method.input));

  fc.assert(
    fc.property(schema, fc.uint8Array({ maxLength: 40 }), (request, bytes) => {
      if (fieldAtFault(request, bytes) === undefined) expect(() => decodeRequest(request, bytes)).not.toThrow();
    }),
    { numRuns: 3000 },
  );
});

/** The field that a refusal names. Any error but INVALID_FIELD passes through, and fails the test. */
function fieldAtFault(schema: DescMessage, bytes: Uint8Array): string | undefined {
  try {
    validateMessage(schema, bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof SeglogError) || error.reason !== "INVALID_FIELD") throw error;
    expect(() => decodeRequest(schema, bytes)).toThrow(error.message);
    return error.fieldViolations[0]?.field;
  }
}
