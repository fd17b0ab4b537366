import type { Item, SegmentStart } from "../../../gen/seglog/v1/entry_pb.js";
import { counted } from "../count-text.js";
import { originText } from "../origin-text.js";
import type { Block } from "./block.js";
import { configText } from "./config-text.js";
import { itemBlocks } from "./item-blocks.js";
import type { ToolCalls } from "./tool-calls.js";

/** How an opening is drawn. */
export interface OpeningOptions {
  /** Whether its history is drawn, or only counted. */
  readonly isFull: boolean;
  readonly calls: ToolCalls;
}

/** What a segment starts with: where it came from, its prompt, its config, its history. */
export function startBlocks(start: SegmentStart, options: OpeningOptions): Block[] {
  const { systemPrompt, config, history, ...lineage } = start;
  const origin = originText(lineage);
  return [
    { shape: "text", label: "start", part: "system", text: origin === "-" ? "" : origin },
    ...(systemPrompt === undefined ? [] : [promptBlock(systemPrompt)]),
    ...(config === undefined ? [] : [configBlock(configText(config))]),
    ...historyBlocks(history, options),
  ];
}

/** A system prompt. */
export function promptBlock(systemPrompt: string): Block {
  return { shape: "text", label: "prompt", part: "system", text: systemPrompt };
}

/** The options of a model request, in words. */
export function configBlock(text: string): Block {
  return { shape: "text", label: "config", part: "faint", text, textPart: "faint" };
}

/** History that a segment opens with: counted, or drawn item by item. */
export function historyBlocks(history: readonly Item[], { isFull, calls }: OpeningOptions): Block[] {
  if (history.length === 0) return [];
  const count: Block = { shape: "text", label: "history", part: "system", text: counted(history.length, "item") };
  const items = history.flatMap((item) => itemBlocks(item, calls)); // also where they are not drawn: results may follow that are
  return isFull ? [count, ...items] : [count];
}
