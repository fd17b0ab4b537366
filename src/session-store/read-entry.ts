import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { parseId } from "../model/id.js";
import { RESULT_NAMES, TRIGGER_NAMES } from "./names.js";
import { inputPiece } from "./read-input.js";
import { item, requestConfig } from "./read-item.js";
import { systemItem } from "./read-system-item.js";
import { bool, list, oneOf, optional, refused, required, type Shape, string, struct, tagged, u64, variant, verbatim } from "./shape.js";
import { timeMs } from "./time.js";

/** The forms of a UUID that the seed's reader takes, without what they are wrapped in as groups 1 to 3. */
const UUID =
  /^(?:([0-9a-f]{32})|(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\})$/i;

const uuid: Shape<string> = (value, place) => {
  const [, simple, hyphenated, braced] = UUID.exec(string(value, place)) ?? [];
  const id = parseId(simple ?? hyphenated ?? braced ?? "");
  if (id === undefined) throw refused(place, "is not a UUID");
  return id;
};

const origin = struct({ segment_id: required(uuid), at_turn_index: required(u64) }, ({ segment_id: segmentId, at_turn_index: atTurn }) => ({
  segmentId,
  atTurn,
}));

const ts = required(timeMs);

const oneItem = { ts, item: required(item) };
const manyItems = { ts, items: required(list(item)) };

/**
 * The entries that one line stands for: one, or as many as it has items where it is of a plural kind
 * of older versions.
 */
export const lineEntries: Shape<Entry[]> = tagged<Entry[]>({
  segment_start: variant(
    {
      ts,
      session_id: required(uuid),
      system_prompt: optional(string),
      config: required(requestConfig),
      history: required(list(item)),
      forked_from: optional(origin),
      compacted_from: optional(origin),
    },
    ({ ts, session_id: sessionId, system_prompt: systemPrompt, config, history, forked_from, compacted_from }) => [
      entry(ts, {
        case: "segmentStart",
        value: { sessionId, systemPrompt, config, history, forkedFrom: forked_from, compactedFrom: compacted_from },
      }),
    ],
  ),
  invoke: variant({ ts, trigger: required(oneOf(TRIGGER_NAMES)) }, ({ ts, trigger }) => [
    entry(ts, { case: "invoke", value: { trigger } }),
  ]),
  user_input: variant({ ts, segments: required(list(inputPiece)) }, ({ ts, segments: pieces }) => [
    entry(ts, { case: "userInput", value: { pieces } }),
  ]),
  assistant_item: variant(oneItem, ({ ts, item }) => [entry(ts, { case: "assistantItem", value: { item } })]),
  tool_result: variant(oneItem, ({ ts, item }) => [entry(ts, { case: "toolResult", value: { item } })]),
  system_item: variant({ ts, item: required(systemItem) }, ({ ts, item }) => [entry(ts, { case: "systemItem", value: item })]),
  turn_end: variant({ ts, turn_count: required(u64) }, ({ ts, turn_count: turnCount }) => [
    entry(ts, { case: "turnEnd", value: { turnCount } }),
  ]),
  run_completed: variant({ ts, interrupted: required(bool), result: required(oneOf(RESULT_NAMES)) }, ({ ts, interrupted, result }) => [
    entry(ts, { case: "runCompleted", value: { interrupted, result } }),
  ]),
  run_errored: variant({ ts, interrupted: required(bool), message: required(string) }, ({ ts, interrupted, message }) => [
    entry(ts, { case: "runErrored", value: { interrupted, message } }),
  ]),
  config_changed: variant({ ts, config: required(requestConfig) }, ({ ts, config }) => [
    entry(ts, { case: "configChanged", value: { config } }),
  ]),
  llm_usage: variant(
    {
      ts,
      history_len: required(u64),
      input_total_tokens: required(u64),
      cache_read_tokens: required(u64),
      cache_write_tokens: required(u64),
      output_tokens: required(u64),
    },
    (read) => [
      entry(read.ts, {
        case: "llmUsage",
        value: {
          historyLen: read.history_len,
          inputTotalTokens: read.input_total_tokens,
          cacheReadTokens: read.cache_read_tokens,
          cacheWriteTokens: read.cache_write_tokens,
          outputTokens: read.output_tokens,
        },
      }),
    ],
  ),
  extension: variant({ ts, domain: required(string), payload: verbatim }, ({ ts, domain, payload: payloadJson }) => [
    entry(ts, { case: "extension", value: { domain, payloadJson } }),
  ]),
  // Later than the seed's version.
  paused_turn_abandoned: variant({ ts }, ({ ts }) => [entry(ts, { case: "pausedTurnAbandoned", value: {} })]),
  // Older than the seed's version.
  assistant_items: variant(manyItems, ({ ts, items }) => items.map((item) => entry(ts, { case: "assistantItem", value: { item } }))),
  hook_injected_items: variant(manyItems, ({ ts, items }) => items.map((item) => entry(ts, { case: "assistantItem", value: { item } }))),
  tool_results: variant(manyItems, ({ ts, items }) => items.map((item) => entry(ts, { case: "toolResult", value: { item } }))),
  system_items: variant({ ts, items: required(list(systemItem)) }, ({ ts, items }) =>
    items.map((item) => entry(ts, { case: "systemItem", value: item })),
  ),
});

function entry(time: Timestamp, kind: NonNullable<MessageInitShape<typeof EntrySchema>["kind"]>): Entry {
  return create(EntrySchema, { time, kind });
}
