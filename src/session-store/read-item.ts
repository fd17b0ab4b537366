import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ContentPartSchema, type Item, ItemSchema, RequestConfigSchema } from "../../gen/seglog/v1/entry_pb.js";
import { ROLE_NAMES } from "./names.js";
import { bool, f32, i32, list, oneOf, optional, orElse, required, type Shape, string, struct, tagged, u32, variant } from "./shape.js";

const contentPart = tagged({
  text: variant({ text: required(string) }, ({ text }) => create(ContentPartSchema, { kind: { case: "text", value: text } })),
  refusal: variant({ refusal: required(string) }, ({ refusal }) =>
    create(ContentPartSchema, { kind: { case: "refusal", value: refusal } }),
  ),
});

/** An item of a history. */
export const item: Shape<Item> = tagged({
  message: variant({ role: required(oneOf(ROLE_NAMES)), content: required(list(contentPart)) }, ({ role, content }) =>
    create(ItemSchema, { kind: { case: "message", value: { role, content } } }),
  ),
  tool_call: variant(
    { call_id: required(string), name: required(string), arguments: required(string) },
    ({ call_id: callId, name, arguments: text }) =>
      create(ItemSchema, { kind: { case: "toolCall", value: { callId, name, arguments: text } } }),
  ),
  tool_result: variant(
    { call_id: required(string), summary: required(string), content: optional(string), is_error: orElse(bool, false) },
    ({ call_id: callId, summary, content, is_error: isError }) =>
      create(ItemSchema, { kind: { case: "toolOutput", value: { callId, summary, content, isError } } }),
  ),
  reasoning: variant(
    {
      text: required(string),
      summary: orElse(list(string), []),
      encrypted_content: optional(string),
      signature: optional(string),
    },
    ({ text, summary, encrypted_content: encryptedContent, signature }) =>
      create(ItemSchema, { kind: { case: "reasoning", value: { text, summary, encryptedContent, signature } } }),
  ),
});

type Reasoning = NonNullable<MessageInitShape<typeof RequestConfigSchema>["reasoning"]>;

const reasoning: Shape<Reasoning> = (value, place) =>
  typeof value === "string" ? { case: "reasoningEffort", value } : { case: "reasoningBudgetTokens", value: i32(value, place) };

/** Options of a model request. */
export const requestConfig = struct(
  {
    max_tokens: optional(u32),
    temperature: optional(f32),
    top_p: optional(f32),
    top_k: optional(u32),
    stop_sequences: required(list(string)),
    reasoning: optional(reasoning),
  },
  (read) =>
    create(RequestConfigSchema, {
      maxTokens: read.max_tokens,
      temperature: read.temperature,
      topP: read.top_p,
      topK: read.top_k,
      stopSequences: read.stop_sequences,
      reasoning: read.reasoning ?? { case: undefined },
    }),
);
