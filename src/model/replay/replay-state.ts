import type { PodScope } from "../../../gen/seglog/v1/entry_pb.js";
import { RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { EncodedList } from "./encoded-list.js";

const { history, usageHistory, extensions, userInputs } = RestoredStateSchema.field;

/**
 * What replaying a log gives, filled in entry by entry: `seglog.v1.RestoredState`, of which what a writer wrote is kept
 * as it was encoded. Nothing in it is a view of what it was read from.
 */
export interface ReplayState {
  sessionId: string;
  /** In UTF-8. */
  systemPrompt: Uint8Array | undefined;
  /** An encoded `seglog.v1.RequestConfig`. */
  config: Uint8Array | undefined;
  /** Of `seglog.v1.Item`. */
  history: EncodedList;
  turnCount: bigint;
  lastRunInterrupted: boolean;
  entryCount: number;
  /** Of `seglog.v1.LlmUsage`. */
  readonly usageHistory: EncodedList;
  /** Of `seglog.v1.Extension`. */
  readonly extensions: EncodedList;
  podScope: PodScope | undefined;
  /** Of `seglog.v1.UserInput`. */
  readonly userInputs: EncodedList;
  unknownEntryCount: number;
}

/** The state before the first entry. */
export function emptyState(): ReplayState {
  return {
    sessionId: "",
    systemPrompt: undefined,
    config: undefined,
    history: emptyHistory(),
    turnCount: 0n,
    lastRunInterrupted: false,
    entryCount: 0,
    usageHistory: new EncodedList(usageHistory.number),
    extensions: new EncodedList(extensions.number),
    podScope: undefined,
    userInputs: new EncodedList(userInputs.number),
    unknownEntryCount: 0,
  };
}

/** The same state, to be replayed onto. */
export function copyOf(state: ReplayState): ReplayState {
  const { history, usageHistory, extensions, userInputs } = state;
  return {
    ...state,
    history: history.copy(),
    usageHistory: usageHistory.copy(),
    extensions: extensions.copy(),
    userInputs: userInputs.copy(),
  };
}

/** Memory that a state takes, in bytes, but for what every one takes. */
export function memoryOf({ systemPrompt, config, history, usageHistory, extensions, userInputs }: ReplayState): number {
  const lists = [history, usageHistory, extensions, userInputs];
  return lists.reduce((sum, { memoryBytes }) => sum + memoryBytes, (systemPrompt?.length ?? 0) + (config?.length ?? 0));
}

/** A history of no items. */
export function emptyHistory(): EncodedList {
  return new EncodedList(history.number);
}

/**
 * The state that a fork starts from, given what replaying its base's prefix gave: prompt, config and history. Everything
 * else starts afresh. It takes over the history of `base`, which is of no use afterwards.
 */
export function inheritOpening(base: ReplayState): ReplayState {
  const { systemPrompt, config, history } = base;
  return { ...emptyState(), systemPrompt, config, history };
}
