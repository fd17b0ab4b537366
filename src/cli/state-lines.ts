import type { RestoredState } from "../../gen/seglog/v1/segment_pb.js";
import { counted } from "./count-text.js";
import { blockLines } from "./draw/block-lines.js";
import { configText } from "./draw/config-text.js";
import { itemBlocks } from "./draw/item-blocks.js";
import type { Pen } from "./draw/pen.js";
import { promptBlock } from "./draw/start-blocks.js";
import { ToolCalls } from "./draw/tool-calls.js";
import { pairLines } from "./table.js";

/** A restored state for people: what holds, then the system prompt and the history as a conversation. */
export function stateLines(state: RestoredState, pen: Pen): string[] {
  const { systemPrompt, history } = state;
  const calls = new ToolCalls();
  const blocks = [
    ...(systemPrompt === undefined ? [] : [promptBlock(systemPrompt)]),
    ...history.flatMap((item) => itemBlocks(item, calls)),
  ];
  return [...pairLines(statePairs(state), pen.paint), ...(blocks.length === 0 ? [] : [""]), ...blockLines(blocks, "", pen)];
}

function statePairs(state: RestoredState): (readonly [string, string])[] {
  const { podScope, unknownEntryCount } = state;
  return [
    ["session", state.sessionId],
    ["config", configText(state.config)],
    ["turn count", String(state.turnCount)],
    ["last run interrupted", state.lastRunInterrupted ? "yes" : "no"],
    ["entries replayed", String(state.entryCount)],
    ["usage records", String(state.usageHistory.length)],
    ["extensions", String(state.extensions.length)],
    ["submissions", String(state.userInputs.length)],
    ["pod scope", podScope === undefined ? "-" : `${podScope.allow.length} allowed, ${podScope.deny.length} denied`],
    ...(unknownEntryCount === 0n ? [] : [["entries not understood", String(unknownEntryCount)] as const]),
    ["history", counted(state.history.length, "item")],
  ];
}
