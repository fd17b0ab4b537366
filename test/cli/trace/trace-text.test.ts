import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { traceEntryLine } from "../../../src/cli/trace/trace-text.js";

const TIME = { seconds: 1_700_000_000n, nanos: 0 };

function line(payload: MessageInitShape<typeof TraceEntrySchema>["payload"], llmCall?: bigint): string {
  return traceEntryLine(
    7n,
    create(TraceEntrySchema, { time: TIME, turn: 3n, ...(llmCall !== undefined && { llmCall }), ...(payload && { payload }) }),
  );
}

test("a record is one line, its controls escaped", () => {
  expect(line({ case: "streamEventJson", value: '{"delta":"a\u001b[2J"}' }, 2n)).toBe(
    '    7  2023-11-14T22:13:20Z  turn 3    call 2    event {"delta":"a\\u001b[2J"}',
  );
  expect(line({ case: "lifecycle", value: { label: "turn_end", dataJson: '{"ok":true}' } })).toBe(
    '    7  2023-11-14T22:13:20Z  turn 3              turn_end {"ok":true}',
  );
  expect(line({ case: "lifecycle", value: { label: "turn_end" } })).toMatch(/turn_end$/);
  expect(line(undefined)).toMatch(/of an unknown kind$/);
});
