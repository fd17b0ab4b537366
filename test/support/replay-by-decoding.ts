import { create } from "@bufbuild/protobuf";
import { type Entry, type Item, ItemSchema, Role } from "../../gen/seglog/v1/entry_pb.js";
import { type RestoredState, RestoredStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { flattenInput } from "../../src/model/replay/flatten-input.js";
import { POD_SCOPE_DOMAIN, parsePodScope } from "../../src/model/replay/pod-scope.js";

/** What replay gives, said as plainly as it can be: what the daemon makes of stored bytes is held against it. */
export function replayByDecoding(entries: readonly Entry[]): RestoredState {
  const state = create(RestoredStateSchema);
  for (const { kind } of entries) {
    state.entryCount += 1n;
    switch (kind.case) {
      case "segmentStart": {
        const { sessionId, base, systemPrompt, config, history } = kind.value;
        state.sessionId = sessionId;
        if (base === undefined) Object.assign(state, { systemPrompt, config, history: [...history] });
        break;
      }
      case "openingHistory":
        for (const item of kind.value.history) state.history.push(item);
        break;
      case "invoke":
        break;
      case "userInput":
        state.history.push(textItem(Role.USER, flattenInput(kind.value.pieces)));
        state.userInputs.push(kind.value);
        break;
      case "assistantItem":
      case "toolResult":
        if (kind.value.item !== undefined) state.history.push(kind.value.item);
        break;
      case "systemItem":
        state.history.push(textItem(Role.SYSTEM, kind.value.body));
        break;
      case "turnEnd":
        state.turnCount = kind.value.turnCount;
        break;
      case "runCompleted":
      case "runErrored":
        state.lastRunInterrupted = kind.value.interrupted;
        break;
      case "pausedTurnAbandoned":
        state.lastRunInterrupted = false;
        break;
      case "configChanged":
        Object.assign(state, { config: kind.value.config });
        break;
      case "llmUsage":
        state.usageHistory.push(kind.value);
        break;
      case "extension":
        state.extensions.push(kind.value);
        if (kind.value.domain === POD_SCOPE_DOMAIN) state.podScope = parsePodScope(kind.value.payloadJson) ?? state.podScope;
        break;
      case "foreign":
      case undefined:
        state.unknownEntryCount += 1n;
        break;
      default:
        kind satisfies never;
    }
  }
  return state;
}

function textItem(role: Role, text: string): Item {
  return create(ItemSchema, { kind: { case: "message", value: { role, content: [{ kind: { case: "text", value: text } }] } } });
}
