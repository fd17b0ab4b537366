import type { Entry, LlmUsage, SegmentOrigin, SegmentStart } from "../../gen/seglog/v1/entry_pb.js";
import { isBlank } from "./blank.js";
import { uuidText } from "./id-text.js";
import { arrayText, objectText, orNull, stringText } from "./json-text.js";
import { nameText, RESULT_NAMES, TRIGGER_NAMES } from "./names.js";
import { NoFormError } from "./no-form.js";
import { payloadText } from "./payload-text.js";
import { LINE_FORMAT } from "./read-line.js";
import { writeTimeMs } from "./time.js";
import { pieceText } from "./write-input.js";
import { configText, itemText } from "./write-item.js";
import { systemItemText } from "./write-system-item.js";

type Members = Readonly<Record<string, string | undefined>>;

/**
 * An entry as the line that the seed's writer gives for it, without its line end. What was imported as
 * a foreign line is that line again. Base and opening history are the caller's to fill in: a start that
 * still has a base has no line.
 *
 * @returns undefined where the JSONL form cannot say it, in particular for kinds that it does not have
 */
export function writeLine(entry: Entry): string | undefined {
  if (entry.kind.case === "foreign") {
    const { format, text } = entry.kind.value;
    return format === LINE_FORMAT && isLine(text) ? text : undefined;
  }
  try {
    const [kind, members] = lineMembers(entry.kind);
    return objectText({ kind: stringText(kind), ts: writeTimeMs(entry.time), ...members });
  } catch (error) {
    if (error instanceof NoFormError) return undefined;
    throw error;
  }
}

function lineMembers(kind: Entry["kind"]): readonly [string, Members] {
  switch (kind.case) {
    case "segmentStart":
      return ["segment_start", startMembers(kind.value)];
    case "invoke":
      return ["invoke", { trigger: nameText(TRIGGER_NAMES, kind.value.trigger) }];
    case "userInput":
      return ["user_input", { segments: arrayText(kind.value.pieces.map(pieceText)) }];
    case "assistantItem":
      return ["assistant_item", { item: itemText(present(kind.value.item)) }];
    case "toolResult":
      return ["tool_result", { item: itemText(present(kind.value.item)) }];
    case "systemItem":
      return ["system_item", { item: systemItemText(kind.value) }];
    case "turnEnd":
      return ["turn_end", { turn_count: String(kind.value.turnCount) }];
    case "runCompleted":
      return ["run_completed", { interrupted: String(kind.value.interrupted), result: nameText(RESULT_NAMES, kind.value.result) }];
    case "runErrored":
      return ["run_errored", { interrupted: String(kind.value.interrupted), message: stringText(kind.value.message) }];
    case "configChanged":
      return ["config_changed", { config: configText(kind.value.config) }];
    case "llmUsage":
      return ["llm_usage", usageMembers(kind.value)];
    case "extension":
      return ["extension", { domain: stringText(kind.value.domain), payload: payloadText(kind.value.payloadJson) }];
    case "pausedTurnAbandoned":
      return ["paused_turn_abandoned", {}];
    case "openingHistory":
    case "foreign":
    case undefined:
      throw new NoFormError("an entry of a kind without a line");
    default:
      return kind satisfies never;
  }
}

function startMembers({ sessionId, systemPrompt, config, history, forkedFrom, compactedFrom, base }: SegmentStart): Members {
  if (base !== undefined) throw new NoFormError("a start by reference");
  return {
    session_id: uuidText(sessionId),
    system_prompt: orNull(systemPrompt, stringText),
    config: configText(config),
    history: arrayText(history.map(itemText)),
    forked_from: forkedFrom === undefined ? undefined : originText(forkedFrom),
    compacted_from: compactedFrom === undefined ? undefined : originText(compactedFrom),
  };
}

function originText({ segmentId, atTurn }: SegmentOrigin): string {
  return objectText({ segment_id: uuidText(segmentId), at_turn_index: String(atTurn) });
}

function usageMembers(usage: LlmUsage): Members {
  return {
    history_len: String(usage.historyLen),
    input_total_tokens: String(usage.inputTotalTokens),
    cache_read_tokens: String(usage.cacheReadTokens),
    cache_write_tokens: String(usage.cacheWriteTokens),
    output_tokens: String(usage.outputTokens),
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new NoFormError("an entry without its item");
  return value;
}

/** Whether a text stands in a file as one line that a reader does not skip. */
function isLine(text: string): boolean {
  return !text.includes("\n") && !text.endsWith("\r") && !isBlank(text);
}
