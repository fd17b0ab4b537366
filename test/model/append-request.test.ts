import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { AppendRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseAppendRequest } from "../../src/model/append-request.js";
import { SeglogError } from "../../src/model/errors.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { appendRequest, damaged } from "./arbitrary-request.js";
import { float, nested, type Part, raw, tag, varint } from "./raw-message.js";

const SEGMENT = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const good = nested(16);
const head = nested(1, SEGMENT);
const entry = (...parts: Part[]) => nested(2, ...parts);
const text = (value: string) => nested(6, nested(1, nested(1, value)));
const notUtf8 = [0xc3, 0x28];

// Kinds by number: 4 segment_start, 5 invoke, 6 user_input, 7 assistant_item, 8 tool_result, 9 system_item,
// 10 turn_end, 11 run_completed, 12 run_errored, 13 config_changed, 14 llm_usage, 15 extension,
// 16 paused_turn_abandoned, 17 opening_history, 18 foreign.
const item = (...parts: Part[]) => nested(7, nested(1, ...parts));
const message = (...parts: Part[]) => item(nested(1, ...parts));
const extension = (json: string | readonly number[]) => nested(15, nested(1, "d"), nested(2, json));
const time = (...parts: Part[]) => raw(nested(3, ...parts), good);
const scopeRule = (...parts: Part[]) => nested(9, nested(3, nested(4, nested(4, ...parts))));

const badEntries: readonly (readonly [fault: string, entry: Uint8Array, path: string])[] = [
  // The kind.
  ["nothing", raw(), ""],
  ["a time and no kind", nested(3), ""],
  ["a field of no kind's number", varint(100, 1), ""],
  ["two kinds", raw(varint(50, 1), good), ""],
  ["two known kinds", raw(nested(10), nested(16)), ""],
  ["one kind twice", raw(nested(10), nested(10)), ""],
  ["an unknown kind twice", raw(varint(99, 1), varint(99, 1)), ""],
  ["an opening entry", nested(4, nested(1, SEGMENT)), ".segment_start"],
  ["opening history", nested(17), ".opening_history"],
  ["a foreign record", nested(18), ".foreign"],
  // The wire form.
  ["field number 0", raw(nested(10), [0x02, 0x00]), ""],
  ["wire type 7", raw(nested(10), [0x0f]), ""],
  ["a tag that is cut off", raw(nested(10), [0x80]), ""],
  ["a tag of more than 32 bits", raw(nested(10), [0x88, 0x80, 0x80, 0x80, 0x10, 0x00]), ""],
  ["an unknown varint that is cut off", raw(nested(10), tag(200, 0), [0x80]), ""],
  ["an unknown varint of 11 bytes", raw(nested(10), tag(200, 0), new Array<number>(11).fill(0x80)), ""],
  ["unknown 8 bytes that are cut off", raw(nested(10), tag(200, 1), [0]), ""],
  ["unknown 4 bytes that are cut off", raw(nested(10), tag(200, 5), [0]), ""],
  ["an unknown length past the end", raw(nested(10), tag(200, 2), [1]), ""],
  ["a group that is not closed", raw(nested(10), tag(200, 3)), ""],
  ["a group that another number closes", raw(nested(10), tag(200, 3), tag(201, 4)), ""],
  ["the end of no group", raw(nested(10), tag(200, 4)), ""],
  ["groups nested 97 deep", raw(nested(10), ...new Array(97).fill(tag(200, 3)), ...new Array(97).fill(tag(200, 4))), ""],
  ["a kind whose length passes the end", raw(tag(10, 2), [2, 8]), ".turn_end"],
  ["a kind as a varint", varint(10, 5), ".turn_end"],
  ["a kind as a group", raw(tag(16, 3), tag(16, 4)), ".paused_turn_abandoned"],
  ["a number as text", nested(10, nested(1, "5")), ".turn_end.turn_count"],
  ["a number that is cut off", nested(10, tag(1, 0)), ".turn_end.turn_count"],
  ["a number of 11 bytes", nested(10, tag(1, 0), new Array<number>(11).fill(0xff)), ".turn_end.turn_count"],
  ["a text as a number", nested(15, varint(1, 1), nested(2, "{}")), ".extension.domain"],
  ["a text past the end", nested(15, tag(1, 2), [5, 0x41]), ".extension.domain"],
  ["a repeated text as a number", nested(13, nested(1, varint(5, 1))), ".config_changed.config.stop_sequences[0]"],
  ["a float of 8 bytes", nested(13, nested(1, tag(2, 1), [0, 0, 0, 0, 0, 0, 0, 0])), ".config_changed.config.temperature"],
  ["a float that is cut off", nested(13, nested(1, tag(2, 5), [0, 0])), ".config_changed.config.temperature"],
  ["a nested message as a number", nested(6, varint(1, 1)), ".user_input.pieces[0]"],
  ["a malformed second piece", nested(6, nested(1, nested(1, "a")), nested(1, [0x00])), ".user_input.pieces[1]"],
  ["an unknown field past the end inside", nested(10, tag(9, 2), [7]), ".turn_end"],
  // UTF-8.
  ["a text that is not UTF-8", text("x").with(6, 0xff), ".user_input.pieces[0].text"],
  ["a domain that is not UTF-8", nested(15, nested(1, notUtf8), nested(2, "{}")), ".extension.domain"],
  ["JSON that is not UTF-8", extension([0x22, 0xff, 0x22]), ".extension.payload_json"],
  [
    "an item's text that is not UTF-8",
    message(varint(1, 2), nested(2, nested(1, notUtf8))),
    ".assistant_item.item.message.content[0].text",
  ],
  [
    "a third summary that is not UTF-8",
    item(nested(4, nested(2, "a"), nested(1, "b"), nested(2, "c"), nested(2, notUtf8))),
    ".assistant_item.item.reasoning.summary[2]",
  ],
  ["an encoded surrogate", nested(9, nested(1, [0xed, 0xa0, 0x80])), ".system_item.body"],
  ["a paste cut inside a character", nested(6, nested(1, nested(2, nested(4, [0xe2, 0x82])))), ".user_input.pieces[0].paste.content"],
  // What is required.
  ["an assistant item without its item", nested(7), ".assistant_item.item"],
  ["a tool result without its item", nested(8), ".tool_result.item"],
  ["an empty item", item(), ".assistant_item.item.kind"],
  ["an item of an unknown kind only", item(nested(9, "?")), ".assistant_item.item.kind"],
  ["an empty item of a tool result", nested(8, nested(1)), ".tool_result.item.kind"],
  ["an empty part", message(varint(1, 1), nested(2)), ".assistant_item.item.message.content[0].kind"],
  ["an empty second part", message(varint(1, 1), nested(2, nested(1, "a")), nested(2)), ".assistant_item.item.message.content[1].kind"],
  // Enums.
  ["no trigger", nested(5), ".invoke.trigger"],
  ["an unspecified trigger", nested(5, varint(1, 0)), ".invoke.trigger"],
  ["a trigger whose 32 bits are zero", nested(5, varint(1, 2n ** 32n)), ".invoke.trigger"],
  ["no role", message(), ".assistant_item.item.message.role"],
  ["an unspecified role", message(varint(1, 0)), ".assistant_item.item.message.role"],
  ["no result", nested(11, varint(1, 1)), ".run_completed.result"],
  ["an unspecified result", nested(11, varint(2, 0)), ".run_completed.result"],
  ["no permission", scopeRule(), ".system_item.pod_event.scope_sub_delegated.scope[0].permission"],
  ["an unspecified permission", scopeRule(varint(2, 0)), ".system_item.pod_event.scope_sub_delegated.scope[0].permission"],
  // JSON.
  ["no JSON", nested(15, nested(1, "d")), ".extension.payload_json"],
  ["empty JSON", extension(""), ".extension.payload_json"],
  ["JSON of spaces", extension("  "), ".extension.payload_json"],
  ["two JSON values", extension("{} {}"), ".extension.payload_json"],
  ["JSON that is cut off", extension('{"a":'), ".extension.payload_json"],
  ["JSON with a comma too many", extension("[1,]"), ".extension.payload_json"],
  ["JSON behind a byte order mark", extension("\ufeff1"), ".extension.payload_json"],
  ["JSON nested 127 deep", extension("[".repeat(127) + "]".repeat(127)), ".extension.payload_json"],
  // Times.
  ["a time of the year 0", time(varint(1, -62_135_596_801n)), ".time"],
  ["a time of the year 10,000", time(varint(1, 253_402_300_800n)), ".time"],
  ["a time of the least seconds", time(varint(1, -(2n ** 63n))), ".time"],
  ["a time with 10^9 nanos", time(varint(2, 1_000_000_000)), ".time"],
  ["a time with nanos below 0", time(varint(2, -1)), ".time"],
  ["a time whose seconds are text", time(nested(1, "1")), ".time"],
  ["a time that is cut off", time(tag(1, 0)), ".time"],
  // Numbers.
  ["a temperature of NaN", nested(13, nested(1, float(2, Number.NaN))), ".config_changed.config.temperature"],
  ["an infinite temperature", nested(13, nested(1, float(2, Number.POSITIVE_INFINITY))), ".config_changed.config.temperature"],
  ["a top_p below all", nested(13, nested(1, float(3, Number.NEGATIVE_INFINITY))), ".config_changed.config.top_p"],
];

test.each(badEntries)("an entry is refused, by its path: %s", (_, bad, path) => {
  const request = raw(head, entry(text("fine")), varint(77, 1), entry(nested(10)), entry(bad), entry(nested(10)));

  expect(violationOf(request)).toBe(`entries[2]${path}`);
});

const kindAndSegment = raw(head, entry(good));
const badRequests: readonly (readonly [fault: string, request: Uint8Array, path: string])[] = [
  ["nothing", raw(), "segment_id"],
  ["no segment", entry(good), "segment_id"],
  ["an empty segment id", raw(nested(1, ""), entry(good)), "segment_id"],
  ["a segment id that is none", raw(nested(1, "segment-1"), entry(good)), "segment_id"],
  ["a ULID above 128 bits", raw(nested(1, "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"), entry(good)), "segment_id"],
  ["a segment id of 10,000 characters", raw(nested(1, "0".repeat(10_000)), entry(good)), "segment_id"],
  ["a good segment id, then a bad one", raw(head, nested(1, "x"), entry(good)), "segment_id"],
  ["no entries", head, "entries"],
  ["1001 entries", raw(head, ...new Array(1001).fill(entry(good))), "entries"],
  ["a segment id that is a number", raw(varint(1, 1), entry(good)), "segment_id"],
  ["an entry that is a number", raw(head, entry(good), varint(2, 1)), "entries[1]"],
  ["a precondition that is text", raw(kindAndSegment, nested(3, nested(1, "5"))), "precondition.entry_count"],
  ["a precondition that is cut off", raw(kindAndSegment, nested(3, [0x10])), "precondition.head_position"],
  ["an unknown way with conflicts", raw(kindAndSegment, varint(4, 3)), "on_conflict"],
  ["a request id with a space", raw(kindAndSegment, nested(5, "a b")), "request_id"],
  ["a request id with a delete character", raw(kindAndSegment, nested(5, "a\x7f")), "request_id"],
  ["a request id that is not ASCII", raw(kindAndSegment, nested(5, "é")), "request_id"],
  ["a request id of 65 characters", raw(kindAndSegment, nested(5, "x".repeat(65))), "request_id"],
  ["field number 0", raw(kindAndSegment, [0x00, 0x00]), "request"],
  ["a group that is not closed", raw(kindAndSegment, tag(9, 3)), "request"],
  ["a length past the end", raw(kindAndSegment, tag(5, 2), [9]), "request_id"],
];

test.each(badRequests)("a request is refused, by the path at fault: %s", (_, request, path) => {
  expect(violationOf(request)).toBe(path);
});

test("a unit of a stream is refused by its path in the stream's message", () => {
  const badEntry = raw(head, entry(nested(5)));

  expect(violationOf(badEntry, "append.")).toBe("append.entries[0].invoke.trigger");
  expect(violationOf(head, "append.")).toBe("append.entries");
  expect(violationOf(raw([0x00]), "append.")).toBe("append");
});

test("a request is taken apart with its entries as they were sent", () => {
  const turnEnd = raw(nested(3, varint(1, 5)), nested(10, varint(1, 2n ** 64n - 1n)), varint(1, 9), nested(500, "unknown"));
  const request = raw(
    entry(text("hi")),
    head,
    entry(turnEnd),
    nested(3, varint(1, 7)),
    varint(4, 2),
    nested(5, "key-1"),
    entry(nested(11, varint(1, 1), varint(2, 2))),
  );

  const command = parseAppendRequest(request, DEFAULT_LIMITS);

  expect(command).toEqual({
    segmentId: SEGMENT,
    entries: [
      { bytes: text("hi"), kind: 6, hasTime: false },
      { bytes: turnEnd, kind: 10, hasTime: true, turnCount: 2n ** 64n - 1n },
      { bytes: nested(11, varint(1, 1), varint(2, 2)), kind: 11, hasTime: false, isInterrupted: true },
    ],
    precondition: { entryCount: 7 },
    onConflict: "fork",
    requestId: "key-1",
  });
  expect(command.entries[0]?.bytes.buffer).toBe(request.buffer);
});

test("what a writer leaves unset is absent", () => {
  expect(parseAppendRequest(kindAndSegment, DEFAULT_LIMITS)).toMatchObject({ precondition: {}, onConflict: "fail", requestId: "" });
  expect(parseAppendRequest(raw(kindAndSegment, nested(3)), DEFAULT_LIMITS).precondition).toEqual({});
});

test("a segment id in any form is the same segment", () => {
  const uuid = raw(nested(1, "01563e3a-b5d3-d676-4c61-efb99302bd5b"), entry(good));
  const lower = raw(nested(1, SEGMENT.toLowerCase()), entry(good));

  expect(parseAppendRequest(uuid, DEFAULT_LIMITS).segmentId).toBe(SEGMENT);
  expect(parseAppendRequest(lower, DEFAULT_LIMITS).segmentId).toBe(SEGMENT);
});

test("the last of equal scalars holds, and a precondition that comes twice is merged", () => {
  const request = raw(
    nested(1, "not an id"),
    nested(5, "not visible"),
    varint(4, 99),
    nested(3, varint(1, 1), varint(2, 8)),
    head,
    nested(5, "key"),
    varint(4, 1),
    nested(3, varint(1, 4)),
    entry(good),
  );

  expect(parseAppendRequest(request, DEFAULT_LIMITS)).toMatchObject({
    segmentId: SEGMENT,
    precondition: { entryCount: 4, headPosition: 8 },
    onConflict: "fail",
    requestId: "key",
  });
});

test("a count beyond 2^53 is a number that matches nothing", () => {
  const request = raw(kindAndSegment, nested(3, varint(1, 2n ** 64n - 1n), varint(2, 2n ** 53n)));

  const { precondition } = parseAppendRequest(request, DEFAULT_LIMITS);

  expect(precondition).toEqual({ entryCount: 2 ** 64, headPosition: 2 ** 53 });
});

test("an entry that mentions parts of one item apart is judged by the whole", () => {
  const inParts = nested(7, nested(1, nested(1, nested(2, nested(1, "text")))), nested(1, nested(1, varint(1, 2))));
  const overridden = nested(7, nested(1, nested(1, varint(1, 2))), nested(1, nested(1, varint(1, 0))));
  const abandoned = nested(7, nested(1, nested(1, varint(1, 0)), nested(2, nested(1, "call"))));

  expect(violationOf(raw(head, entry(inParts)))).toBeUndefined();
  expect(violationOf(raw(head, entry(overridden)))).toBe("entries[0].assistant_item.item.message.role");
  expect(violationOf(raw(head, entry(abandoned)))).toBeUndefined();
});

test("what is merged is still held to the wire form of every part", () => {
  const request = raw(head, entry(nested(7, nested(1), nested(1, nested(1, varint(1, 2))))), entry(nested(15, nested(1, notUtf8))));

  expect(violationOf(request)).toBe("entries[1].extension.domain");
});

test("unknown kinds, unknown fields and unknown numbers of enums pass and stay", () => {
  const entries = [
    raw(nested(42, "a kind of tomorrow")),
    raw(tag(99, 3), varint(1, 1), tag(99, 4)),
    raw(nested(5, varint(1, 77), nested(60, "unknown"))),
    raw(nested(6, nested(1, nested(30, "an unknown piece")))),
    raw(varint(3_000_000, 1), good),
  ];

  const command = parseAppendRequest(raw(head, ...entries.map((bytes) => entry(bytes))), DEFAULT_LIMITS);

  expect(command.entries.map(({ bytes }) => bytes)).toEqual(entries);
  expect(command.entries.map(({ kind }) => kind)).toEqual([42, 99, 5, 6, 16]);
});

test("1000 entries are not too many", () => {
  const request = raw(head, ...new Array(1000).fill(entry(good)));

  expect(parseAppendRequest(request, DEFAULT_LIMITS).entries).toHaveLength(1000);
});

test("an entry above the limit is too large, by its path", () => {
  const limits = { ...DEFAULT_LIMITS, entryBytesMax: 100 };
  const sized = (bytes: number) => raw(head, entry(good), entry(nested(15, nested(1, "x".repeat(bytes - 7)), nested(2, "1"))));

  expect(() => parseAppendRequest(sized(100), limits)).not.toThrow();
  expect(() => parseAppendRequest(sized(101), limits)).toThrow("entries[1] has 101 bytes, the limit is 100");
  expect(outcomeOf(() => parseAppendRequest(sized(101), limits)).refusal?.reason).toBe("ENTRY_TOO_LARGE");
});

test("a submission whose text passes the limit of an entry is too large, by its path", () => {
  const limits = { ...DEFAULT_LIMITS, entryBytesMax: 230 };
  const pieces = (count: number) => raw(head, entry(nested(6, ...new Array<Uint8Array>(count).fill(nested(1)))));

  expect(() => parseAppendRequest(pieces(10), limits)).not.toThrow();
  expect(() => parseAppendRequest(pieces(11), limits)).toThrow("entries[0].user_input has 253 bytes, the limit is 230");
});

test("a request that breaks no rule passes, and its entries are those that it decodes to", () => {
  fc.assert(
    fc.property(appendRequest, ({ bytes }) => {
      const { entries } = parseAppendRequest(bytes, DEFAULT_LIMITS);

      const expected = fromBinary(AppendRequestSchema, bytes).entries;
      expect(entries.map((each) => fromBinary(EntrySchema, each.bytes))).toEqual(expected);
      expect(entries.map((each) => each.hasTime)).toEqual(expected.map((each) => each.time !== undefined));
      expect(entries.map((each) => each.turnCount)).toEqual(expected.map(turnCountOf));
      expect(entries.map((each) => each.isInterrupted)).toEqual(expected.map(isInterrupted));
    }),
  );
});

test("damaged bytes are refused as what they are or mean what was parsed", () => {
  fc.assert(
    fc.property(damaged(appendRequest), ({ bytes }) => {
      const outcome = outcomeOf(() => parseAppendRequest(bytes, DEFAULT_LIMITS));
      if (outcome.refusal !== undefined) return outcome.refusal.reason === "INVALID_FIELD";

      const expected = fromBinary(AppendRequestSchema, bytes);
      expect(outcome.value?.requestId).toBe(expected.requestId);
      expect(outcome.value?.entries.map((each) => fromBinary(EntrySchema, each.bytes))).toEqual(expected.entries);
      return true;
    }),
    { numRuns: 3000 },
  );
});

function turnCountOf({ kind }: Entry): bigint | undefined {
  return kind.case === "turnEnd" ? kind.value.turnCount : undefined;
}

function isInterrupted({ kind }: Entry): boolean | undefined {
  if (kind.case === "pausedTurnAbandoned") return false;
  return kind.case === "runCompleted" || kind.case === "runErrored" ? kind.value.interrupted : undefined;
}

function violationOf(request: Uint8Array, pathPrefix?: string): string | undefined {
  const { refusal } = outcomeOf(() => parseAppendRequest(request, DEFAULT_LIMITS, pathPrefix));
  if (refusal !== undefined) expect(refusal.reason).toBe("INVALID_FIELD");
  return refusal?.fieldViolations[0]?.field;
}

/** Errors other than those of the closed set pass through, and fail the test. */
function outcomeOf<Value>(attempt: () => Value): { readonly value?: Value; readonly refusal?: SeglogError } {
  try {
    return { value: attempt() };
  } catch (error) {
    if (error instanceof SeglogError) return { refusal: error };
    throw error;
  }
}
