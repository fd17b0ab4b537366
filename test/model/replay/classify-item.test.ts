import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ItemSchema, Role } from "../../../gen/seglog/v1/entry_pb.js";
import { entryOfItem } from "../../../src/model/replay/classify-item.js";

test.each<[string, MessageInitShape<typeof ItemSchema>["kind"], string]>([
  ["a tool's output", { case: "toolOutput", value: {} }, "toolResult"],
  ["a tool call", { case: "toolCall", value: {} }, "assistantItem"],
  ["reasoning", { case: "reasoning", value: {} }, "assistantItem"],
  ["an assistant's message", { case: "message", value: { role: Role.ASSISTANT } }, "assistantItem"],
  ["a system message", { case: "message", value: { role: Role.SYSTEM } }, "assistantItem"],
])("%s is saved with its item, its time unset", (_what, kind, expected) => {
  const item = create(ItemSchema, { kind: kind ?? { case: undefined } });

  const entry = entryOfItem(item);

  expect(entry?.kind).toMatchObject({ case: expected, value: { item } });
  expect(entry?.time).toBeUndefined();
});

test("a user's message is skipped: it was saved when it was submitted", () => {
  const item = create(ItemSchema, { kind: { case: "message", value: { role: Role.USER } } });

  expect(entryOfItem(item)).toBeUndefined();
});
