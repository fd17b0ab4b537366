import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { RestoredStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { type RestoreSegmentResponse, RestoreSegmentResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { mergeStateParts } from "../../src/client/restore-state.js";

type StateInit = MessageInitShape<typeof RestoredStateSchema>;

const toolCall = (callId: string) => ({ kind: { case: "toolCall", value: { callId } } }) as const;

const PARTS: readonly StateInit[] = [
  { sessionId: "S", systemPrompt: "be brief", history: [toolCall("1"), toolCall("2")] },
  { history: [toolCall("3")], usageHistory: [{ inputTotalTokens: 1n }] },
  { usageHistory: [{ inputTotalTokens: 2n }], turnCount: 4n, entryCount: 9n, lastRunInterrupted: true },
];

test("parts of a state come together to the whole", async () => {
  const whole = await mergeStateParts(responses(PARTS));

  expect(whole).toEqual(
    create(RestoredStateSchema, {
      sessionId: "S",
      systemPrompt: "be brief",
      history: [toolCall("1"), toolCall("2"), toolCall("3")],
      usageHistory: [{ inputTotalTokens: 1n }, { inputTotalTokens: 2n }],
      turnCount: 4n,
      entryCount: 9n,
      lastRunInterrupted: true,
    }),
  );
});

test("merging parts equals reading their encodings one after the other", async () => {
  const encoded = PARTS.map((part) => toBinary(RestoredStateSchema, create(RestoredStateSchema, part)));

  const whole = await mergeStateParts(responses(PARTS));

  expect(whole).toEqual(fromBinary(RestoredStateSchema, Buffer.concat(encoded)));
});

test("no part gives the empty state", async () => {
  expect(await mergeStateParts(responses([]))).toEqual(create(RestoredStateSchema));
});

async function* responses(parts: readonly StateInit[]): AsyncGenerator<RestoreSegmentResponse> {
  for (const state of parts) yield create(RestoreSegmentResponseSchema, { state });
}
