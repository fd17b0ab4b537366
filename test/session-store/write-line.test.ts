import { create, equals, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { readLine } from "../../src/session-store/read-line.js";
import { writeLine } from "../../src/session-store/write-line.js";
import { anyEntry } from "../support/entry-arbitrary.js";

test("law: what is written reads as the same entry, with nothing to report", () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const { entries, notes } = readLine(writeLine(entry) ?? "");

      const [read] = entries;
      expect(notes).toEqual([]);
      expect(entries).toHaveLength(1);
      expect(read !== undefined && equals(EntrySchema, read, entry)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a foreign line comes back as it was", () => {
  const line = '  {"kind":"from the future","ts":1}';

  const [entry] = readLine(line).entries;

  expect(entry && writeLine(entry)).toBe(line);
});

test("a payload is written without the spaces between its parts, otherwise as it was", () => {
  const payloadJson = '{ "b" : [ 9007199254740993 ,\n\t1.50 ], "a" : "x \\" y", "a":{ } }';

  const line = writeLine(entryOf({ case: "extension", value: { domain: "d", payloadJson } }));

  expect(line).toBe('{"kind":"extension","ts":0,"domain":"d","payload":{"b":[9007199254740993,1.50],"a":"x \\" y","a":{}}}');
});

test("times are written in milliseconds, those before the epoch as 0", () => {
  const at = (seconds: bigint, nanos: number) =>
    writeLine(create(EntrySchema, { time: { seconds, nanos }, kind: { case: "turnEnd", value: { turnCount: 1n } } }));

  expect(at(12n, 345_678_999)).toContain('"ts":12345,');
  expect(at(-1n, 999_000_000)).toContain('"ts":0,');
});

/** A number that no enum of this version has, as a newer client may send. */
const NEWER = 77 as never; // fits every enum
const item = { kind: { case: "toolCall", value: { callId: "c", name: "n", arguments: "{}" } } } as const;
const sessionId = "01960000-0000-7000-8000-000000000001";

test.each<[string, MessageInitShape<typeof EntrySchema>["kind"]]>([
  ["an unknown kind", { case: undefined }],
  ["more opening history", { case: "openingHistory", value: { history: [item] } }],
  ["a line of another format", { case: "foreign", value: { format: "other", text: "x" } }],
  ["a foreign text of two lines", { case: "foreign", value: { format: "session-store.jsonl", text: "x\ny" } }],
  ["a foreign text that a reader skips", { case: "foreign", value: { format: "session-store.jsonl", text: " " } }],
  ["a start by reference", { case: "segmentStart", value: { sessionId, base: { segmentId: sessionId, entryCount: 1n } } }],
  ["a start without a session", { case: "segmentStart", value: {} }],
  ["an item of an unknown kind", { case: "assistantItem", value: { item: {} } }],
  ["no item", { case: "assistantItem", value: {} }],
  ["a role of a newer version", { case: "assistantItem", value: { item: { kind: { case: "message", value: { role: NEWER } } } } }],
  [
    "a content part of an unknown kind",
    { case: "assistantItem", value: { item: { kind: { case: "message", value: { role: 1, content: [{}] } } } } },
  ],
  ["a trigger of a newer version", { case: "invoke", value: { trigger: NEWER } }],
  ["a system item that says only its text", { case: "systemItem", value: { body: "b" } }],
  ["a reminder from elsewhere", { case: "systemItem", value: { kind: { case: "taskReminder", value: { source: "clock" } } } }],
  ["a pod event of an unknown kind", { case: "systemItem", value: { kind: { case: "podEvent", value: {} } } }],
  [
    "a right of a newer version",
    {
      case: "systemItem",
      value: {
        kind: {
          case: "podEvent",
          value: { kind: { case: "scopeSubDelegated", value: { scope: [{ target: "/", permission: NEWER }] } } },
        },
      },
    },
  ],
  ["a payload that is no JSON", { case: "extension", value: { domain: "d", payloadJson: "{" } }],
  ["a payload with a lone surrogate", { case: "extension", value: { domain: "d", payloadJson: '"\\ud800"' } }],
  ["a payload with a number out of range", { case: "extension", value: { domain: "d", payloadJson: "1e999" } }],
  ["a payload nested too deep", { case: "extension", value: { domain: "d", payloadJson: "[".repeat(127) + "]".repeat(127) } }],
  ["an infinite number", { case: "configChanged", value: { config: { temperature: Number.POSITIVE_INFINITY } } }],
])("there is no line for %s", (_what, kind) => {
  expect(writeLine(entryOf(kind))).toBeUndefined();
});

test("a start that says nothing but its session has the line of an empty one", () => {
  const line = writeLine(entryOf({ case: "segmentStart", value: { sessionId: sessionId.replaceAll("-", "").toUpperCase() } }));

  expect(line).toBe(
    `{"kind":"segment_start","ts":0,"session_id":"${sessionId}","system_prompt":null,"config":{"max_tokens":null,"temperature":null,"top_p":null,"top_k":null,"stop_sequences":[],"reasoning":null},"history":[]}`,
  );
});

function entryOf(kind: MessageInitShape<typeof EntrySchema>["kind"]): Entry {
  return create(EntrySchema, kind === undefined ? {} : { kind });
}
