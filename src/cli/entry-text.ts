import {
  type Entry,
  EntrySchema,
  InvokeTriggerSchema,
  type RunResult,
  RunResultSchema,
  type SegmentStart,
} from "../../gen/seglog/v1/entry_pb.js";
import { flattenInput } from "../model/replay/flatten-input.js";
import { itemText } from "./item-text.js";
import { oneLine } from "./one-line.js";
import { originText } from "./origin-text.js";
import { timeText } from "./time-text.js";

/** Room for the longest name of a kind, `paused_turn_abandoned`, in characters. */
const KIND_CHARS = 21;

/** An entry as one line for people: index, time, kind and what it says. */
export function entryLine(entry: Entry): string {
  const kind = kindName(entry).padEnd(KIND_CHARS);
  return `${String(entry.index).padStart(5)}  ${timeText(entry.time)}  ${kind}  ${oneLine(entryGist(entry))}`.trimEnd();
}

/** What the contract calls the kind of an entry, such as `user_input`; `unknown` where it is of a newer one. */
export function kindName({ kind }: Entry): string {
  return kind.case === undefined ? "unknown" : EntrySchema.field[kind.case].name;
}

function entryGist({ kind }: Entry): string {
  switch (kind.case) {
    case "segmentStart":
      return startText(kind.value);
    case "openingHistory":
      return itemCount(kind.value.history.length);
    case "invoke":
      return wordOf(InvokeTriggerSchema.value[kind.value.trigger]?.localName);
    case "userInput":
      return flattenInput(kind.value.pieces);
    case "assistantItem":
    case "toolResult":
      return itemText(kind.value.item);
    case "systemItem":
      return kind.value.body;
    case "turnEnd":
      return `turn ${kind.value.turnCount}`;
    case "runCompleted":
      return runText(kind.value.result, kind.value.interrupted);
    case "runErrored":
      return `${kind.value.interrupted ? "interrupted: " : ""}${kind.value.message}`;
    case "configChanged":
      return "";
    case "llmUsage":
      return `${kind.value.inputTotalTokens} tokens in (${kind.value.cacheReadTokens} cached), ${kind.value.outputTokens} out`;
    case "extension":
      return `${kind.value.domain} ${kind.value.payloadJson}`;
    case "foreign":
      return `${kind.value.format}: ${kind.value.text}`;
    case "pausedTurnAbandoned":
    case undefined:
      return "";
    default:
      return kind satisfies never;
  }
}

function startText({ history, systemPrompt, ...lineage }: SegmentStart): string {
  const origin = originText(lineage);
  const parts = [origin === "-" ? "" : origin, history.length === 0 ? "" : itemCount(history.length), systemPrompt ?? ""];
  return parts.filter((part) => part !== "").join("; ");
}

function runText(result: RunResult, interrupted: boolean): string {
  return `${wordOf(RunResultSchema.value[result]?.localName)}${interrupted ? ", interrupted" : ""}`;
}

function itemCount(count: number): string {
  return count === 1 ? "1 item of history" : `${count} items of history`;
}

function wordOf(localName: string | undefined): string {
  return localName?.toLowerCase() ?? "?";
}
