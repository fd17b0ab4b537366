import { RequestConfigSchema } from "../../gen/seglog/v1/entry_pb.js";
import type { RestoredState } from "../../gen/seglog/v1/segment_pb.js";
import { itemText } from "./item-text.js";
import { messageLine } from "./json-line.js";
import { oneLine } from "./one-line.js";
import { pairLines } from "./table.js";

/** A restored state for people: what holds, then the history, an item a line. */
export function stateLines(state: RestoredState): string[] {
  return [...pairLines(statePairs(state)), "", ...state.history.map((item) => oneLine(itemText(item)))];
}

function statePairs(state: RestoredState): (readonly [string, string])[] {
  const { podScope, unknownEntryCount } = state;
  return [
    ["session", state.sessionId],
    ["system prompt", state.systemPrompt === undefined ? "-" : oneLine(state.systemPrompt)],
    ["config", state.config === undefined ? "-" : messageLine(RequestConfigSchema, state.config)],
    ["turn count", String(state.turnCount)],
    ["last run interrupted", state.lastRunInterrupted ? "yes" : "no"],
    ["entries replayed", String(state.entryCount)],
    ["usage records", String(state.usageHistory.length)],
    ["extensions", String(state.extensions.length)],
    ["submissions", String(state.userInputs.length)],
    ["pod scope", podScope === undefined ? "-" : `${podScope.allow.length} allowed, ${podScope.deny.length} denied`],
    ...(unknownEntryCount === 0n ? [] : [["entries not understood", String(unknownEntryCount)] as const]),
    ["history", `${state.history.length} items`],
  ];
}
