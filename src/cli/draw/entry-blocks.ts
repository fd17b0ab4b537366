import { type Entry, InvokeTriggerSchema, type RunCompleted, RunResult, RunResultSchema } from "../../../gen/seglog/v1/entry_pb.js";
import { flattenInput } from "../../model/replay/flatten-input.js";
import { countText } from "../count-text.js";
import type { Part } from "../paint.js";
import type { Block } from "./block.js";
import { configText } from "./config-text.js";
import { itemBlocks } from "./item-blocks.js";
import { configBlock, historyBlocks, type OpeningOptions, startBlocks } from "./start-blocks.js";
import { usageText } from "./usage-text.js";

/** What an entry says, drawn as people read a conversation. */
export function entryBlocks({ kind }: Entry, options: OpeningOptions): Block[] {
  switch (kind.case) {
    case "segmentStart":
      return startBlocks(kind.value, options);
    case "openingHistory":
      return historyBlocks(kind.value.history, options);
    case "invoke":
      return [faintBlock("invoke", wordsOf(InvokeTriggerSchema.value[kind.value.trigger]?.localName))];
    case "userInput":
      return [{ shape: "text", label: "user", part: "user", text: flattenInput(kind.value.pieces) }];
    case "assistantItem":
    case "toolResult":
      return itemBlocks(kind.value.item, options.calls);
    case "systemItem":
      return [{ shape: "text", label: "system", part: "system", text: kind.value.body }];
    case "turnEnd":
      return [{ shape: "rule", text: `turn ${countText(kind.value.turnCount)}` }];
    case "runCompleted":
      return [runBlock(kind.value)];
    case "runErrored":
      return [
        {
          shape: "text",
          label: "run",
          part: "bad",
          lead: { text: `failed${kind.value.interrupted ? ", interrupted" : ""}:`, part: "bad" },
          text: kind.value.message,
        },
      ];
    case "configChanged":
      return [configBlock(configText(kind.value.config))];
    case "llmUsage":
      return [{ shape: "aside", label: "usage", text: usageText(kind.value) }];
    case "extension":
      return [extensionBlock(kind.value.domain, kind.value.payloadJson)];
    case "pausedTurnAbandoned":
      return [faintBlock("run", "the paused turn was abandoned")];
    case "foreign":
      return [{ ...faintBlock("foreign", kind.value.text), lead: { text: kind.value.format, part: "faint" } }];
    case undefined:
      return [faintBlock("unknown", "an entry of a newer kind")];
    default:
      return kind satisfies never;
  }
}

function faintBlock(label: string, text: string): Block & { readonly shape: "text" } {
  return { shape: "text", label, part: "faint", text, textPart: "faint" };
}

function extensionBlock(domain: string, payloadJson: string): Block {
  return { ...faintBlock("extension", payloadJson), lead: { text: domain, part: "strong" } };
}

function runBlock({ result, interrupted }: RunCompleted): Block {
  const part: Part = result === RunResult.FINISHED && !interrupted ? "good" : "strong";
  const text = `${wordsOf(RunResultSchema.value[result]?.localName)}${interrupted ? ", interrupted" : ""}`;
  return { shape: "text", label: "run", part: "faint", text, textPart: part };
}

/** The name of an enum's value as words. */
function wordsOf(localName: string | undefined): string {
  return localName?.toLowerCase().replaceAll("_", " ") ?? "?";
}
