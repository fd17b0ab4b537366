import type { Extension, LlmUsage, PodScope } from "../../gen/seglog/v1/entry_pb.js";
import type { RestoredState } from "../../gen/seglog/v1/segment_pb.js";
import { uuidText } from "./id-text.js";
import { arrayText, objectText, orNull, stringText } from "./json-text.js";
import { payloadText } from "./payload-text.js";
import { pieceText } from "./write-input.js";
import { configText, itemText } from "./write-item.js";
import { scopeRuleText } from "./write-system-item.js";

/**
 * A restored state as JSON in the words of the seed, numbers exact.
 *
 * @throws NoFormError where it holds what the seed has no words for, such as an item of a newer kind
 */
export function stateJson(state: RestoredState): string {
  return objectText({
    session_id: state.sessionId === "" ? "null" : uuidText(state.sessionId),
    system_prompt: orNull(state.systemPrompt, stringText),
    config: configText(state.config),
    history: arrayText(state.history.map(itemText)),
    turn_count: String(state.turnCount),
    last_run_interrupted: String(state.lastRunInterrupted),
    entries_count: String(state.entryCount),
    usage_history: arrayText(state.usageHistory.map(usageText)),
    extensions: arrayText(state.extensions.map(extensionText)),
    pod_scope: orNull(state.podScope, podScopeText),
    user_segments: arrayText(state.userInputs.map(({ pieces }) => arrayText(pieces.map(pieceText)))),
  });
}

function usageText(usage: LlmUsage): string {
  const { historyLen, inputTotalTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  return arrayText([historyLen, inputTotalTokens, cacheReadTokens, cacheWriteTokens, outputTokens].map(String));
}

function extensionText({ domain, payloadJson }: Extension): string {
  return arrayText([stringText(domain), payloadText(payloadJson)]);
}

function podScopeText({ allow, deny }: PodScope): string {
  return objectText({ allow: arrayText(allow.map(scopeRuleText)), deny: arrayText(deny.map(scopeRuleText)) });
}
