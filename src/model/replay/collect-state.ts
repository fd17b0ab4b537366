import { create } from "@bufbuild/protobuf";
import {
  type Entry,
  type Extension,
  type Item,
  ItemSchema,
  Role,
  type SegmentStart,
  type UserInput,
} from "../../../gen/seglog/v1/entry_pb.js";
import { type RestoredState, RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { flattenInput } from "./flatten-input.js";
import { POD_SCOPE_DOMAIN, parsePodScope } from "./pod-scope.js";

/** What replaying a log gives. The message of the contract, filled in entry by entry. */
export type ReplayState = RestoredState;

/** The state before the first entry. */
export function emptyState(): ReplayState {
  return create(RestoredStateSchema);
}

/**
 * The state that a fork starts from, given what replaying its base's prefix gave: prompt, config and
 * history. Everything else starts afresh. `base` stays as it is.
 */
export function inheritOpening(base: ReplayState): ReplayState {
  const state = emptyState();
  if (base.systemPrompt !== undefined) state.systemPrompt = base.systemPrompt;
  if (base.config !== undefined) state.config = base.config;
  state.history = base.history.slice();
  return state;
}

/** Replays entries of one segment's own log, in order, onto `state` (nothing before it where not given). */
export function collectState(entries: Iterable<Entry>, state: ReplayState = emptyState()): ReplayState {
  for (const entry of entries) applyEntry(state, entry);
  return state;
}

/** Replays one entry onto `state`. Never fails: what it does not know counts and changes nothing else. */
export function applyEntry(state: ReplayState, { kind }: Entry): void {
  state.entryCount += 1n;
  switch (kind.case) {
    case "segmentStart":
      return applyStart(state, kind.value);
    case "openingHistory":
      return pushAll(state.history, kind.value.history);
    case "invoke":
      return;
    case "userInput":
      return applyUserInput(state, kind.value);
    case "assistantItem":
    case "toolResult":
      return pushItem(state, kind.value.item);
    case "systemItem":
      return pushItem(state, textMessage(Role.SYSTEM, kind.value.body));
    case "turnEnd":
      state.turnCount = kind.value.turnCount;
      return;
    case "runCompleted":
    case "runErrored":
      state.lastRunInterrupted = kind.value.interrupted;
      return;
    case "pausedTurnAbandoned":
      state.lastRunInterrupted = false;
      return;
    case "configChanged":
      state.config = kind.value.config;
      return;
    case "llmUsage":
      state.usageHistory.push(kind.value);
      return;
    case "extension":
      return applyExtension(state, kind.value);
    case "foreign":
    case undefined:
      state.unknownEntryCount += 1n;
      return;
    default:
      kind satisfies never;
  }
}

/** A start with a base adds to what was inherited; any other one replaces prompt, config and history. */
function applyStart(state: ReplayState, start: SegmentStart): void {
  state.sessionId = start.sessionId;
  if (start.base !== undefined) return;
  state.systemPrompt = start.systemPrompt;
  state.config = start.config;
  state.history = start.history.slice();
}

function applyUserInput(state: ReplayState, input: UserInput): void {
  state.history.push(textMessage(Role.USER, flattenInput(input.pieces)));
  state.userInputs.push(input);
}

function applyExtension(state: ReplayState, extension: Extension): void {
  state.extensions.push(extension);
  if (extension.domain !== POD_SCOPE_DOMAIN) return;
  // A malformed scope leaves the one before it in force.
  state.podScope = parsePodScope(extension.payloadJson) ?? state.podScope;
}

function pushItem(state: ReplayState, item: Item | undefined): void {
  if (item !== undefined) state.history.push(item);
}

/** One by one: spread as arguments, a long history overflows the call stack. */
function pushAll(history: Item[], items: readonly Item[]): void {
  for (const item of items) history.push(item);
}

function textMessage(role: Role, text: string): Item {
  return create(ItemSchema, {
    kind: { case: "message", value: { role, content: [{ kind: { case: "text", value: text } }] } },
  });
}
