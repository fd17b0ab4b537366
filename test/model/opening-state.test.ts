import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { SegmentStartSchema } from "../../gen/seglog/v1/entry_pb.js";
import { StartStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { openingStateOf } from "../../src/model/opening-state.js";
import { nested, raw, varint } from "./raw-message.js";

const history = [{ kind: { case: "toolCall", value: { callId: "c" } } } as const, {}];
const encoded = { systemPrompt: Uint8Array.of(0x70), config: varint(1, 5), history: [nested(2, nested(1, "c")), raw()] };

test.each([
  ["a start", SegmentStartSchema],
  ["a state that a writer gives", StartStateSchema],
])("prompt, config and history of %s are given as they were encoded", (_what, schema) => {
  const bytes = toBinary<typeof SegmentStartSchema | typeof StartStateSchema>(
    schema,
    create<typeof SegmentStartSchema | typeof StartStateSchema>(schema, { systemPrompt: "p", config: { maxTokens: 5 }, history }),
  );

  expect(openingStateOf(schema, bytes)).toEqual(encoded);
});

test("what is unset is undefined, what is empty is not", () => {
  expect(openingStateOf(StartStateSchema, raw())).toEqual({ systemPrompt: undefined, config: undefined, history: [] });
  expect(openingStateOf(StartStateSchema, raw(nested(1), nested(2)))).toEqual({ systemPrompt: raw(), config: raw(), history: [] });
});

test("of several prompts the last holds, and a config that comes in parts is merged", () => {
  const bytes = raw(nested(2, varint(1, 5)), nested(1, "a"), nested(2, varint(4, 6)), nested(1, "p"));

  expect(openingStateOf(StartStateSchema, bytes)).toMatchObject({ systemPrompt: raw([0x70]), config: raw(varint(1, 5), varint(4, 6)) });
});
