import { create, equals } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TraceEntrySchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { readTrace, readTraceLine, writeTraceLine } from "../../src/session-store/trace-line.js";
import { anyJson } from "../support/entry-arbitrary.js";
import { goldenTrace } from "../support/golden.js";

test("the golden trace is read whole and written as it was", async () => {
  const lines: (string | undefined)[] = [];
  const problems: string[] = [];

  for await (const { entry, problems: found } of readTrace([goldenTrace()])) {
    lines.push(entry && writeTraceLine(entry));
    problems.push(...found);
  }

  expect(problems).toEqual([]);
  expect(`${lines.join("\n")}\n`).toBe(new TextDecoder().decode(goldenTrace()));
});

test("law: what is written reads as the same entry, with nothing to report", () => {
  const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
  const text = fc.string({ unit: "binary" });
  const payload = fc.oneof(
    fc.record({ case: fc.constant("streamEventJson" as const), value: anyJson }),
    fc.record({
      case: fc.constant("lifecycle" as const),
      value: fc.record({
        label: text,
        dataJson: fc.option(
          anyJson.filter((json) => json !== "null"),
          { nil: undefined },
        ),
      }),
    }),
  );
  const anyTraceEntry = fc
    .record({ timeMs: fc.nat({ max: 253_402_300_799_999 }), turn: u64, llmCall: fc.option(u64, { nil: undefined }), payload })
    .map(({ timeMs, ...rest }) => create(TraceEntrySchema, { time: timestampFromMs(timeMs), ...rest }));
  fc.assert(
    fc.property(anyTraceEntry, (entry) => {
      const { entry: read, notes } = readTraceLine(writeTraceLine(entry) ?? "");

      expect(notes).toEqual([]);
      expect(read && equals(TraceEntrySchema, read, entry)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a line of the first versions, without a kind, is a stream event", () => {
  const { entry, notes } = readTraceLine('{"ts":1,"turn":2,"event":{"Ping":{"timestamp":null}}}');

  expect(entry?.payload).toEqual({ case: "streamEventJson", value: '{"Ping":{"timestamp":null}}' });
  expect(notes).toEqual([]);
});

test("what is no trace entry is left out and reported by line", async () => {
  const chunks = [new TextEncoder().encode('x\n\n{"ts":1,"turn":1,"kind":"other"}\n'), Uint8Array.of(0xff, 0x0a, 0x7b)];
  const report: [number, readonly string[]][] = [];

  for await (const { line, entry, problems } of readTrace(chunks)) {
    expect(entry).toBeUndefined();
    report.push([line, problems]);
  }

  expect(report).toEqual([
    [1, ["left out: not JSON at character 1: expected a value"]],
    [3, ["left out: it is of an unknown kind"]],
    [4, ["not UTF-8: left out"]],
    [5, ["the last line is torn: left out"]],
  ]);
});

test("there is no line for what the JSONL form cannot say", () => {
  const unknown = create(TraceEntrySchema, { turn: 1n });
  const malformed = create(TraceEntrySchema, { payload: { case: "streamEventJson", value: "{" } });

  expect([unknown, malformed].map(writeTraceLine)).toEqual([undefined, undefined]);
});
