import {
  AssistantItemSchema,
  ConfigChangedSchema,
  type Entry,
  EntrySchema,
  ExtensionSchema,
  OpeningHistorySchema,
  Role,
  SegmentStartSchema,
  SystemItemSchema,
} from "../../../gen/seglog/v1/entry_pb.js";
import { KIND_MAX, KIND_MIN } from "../entry-facts.js";
import { flattenedText } from "../flattened-text.js";
import { openingStateOf } from "../opening-state.js";
import { fieldOccurrences, mergedField } from "../wire/field-occurrences.js";
import { firstNumber } from "../wire/first-number.js";
import { textOf } from "../wire/value-checks.js";
import { WIRE_BYTES, WireReader } from "../wire/wire-reader.js";
import { POD_SCOPE_DOMAIN, parsePodScope } from "./pod-scope.js";
import { emptyHistory, emptyState, type ReplayState } from "./replay-state.js";
import { textItem } from "./text-item.js";

/*
 * Replay works on stored bytes. A message field that stands in its message several times is merged by putting what
 * stands there one behind the other; of a text or a number the last one holds. So what a writer wrote need not be
 * decoded to be handed on, unknown fields and odd encodings included.
 */

/** Replays one kind of entry, whose encoded value stands between where the reader stands and `end`. */
type ReplayKind = (state: ReplayState, reader: WireReader, end: number) => void;

/** By kind, so that a new one does not compile until it is known here. */
const REPLAY = {
  segmentStart: replayStart,
  openingHistory: replayOpeningHistory,
  invoke: () => {},
  userInput: replayUserInput,
  assistantItem: replayItem,
  toolResult: replayItem,
  systemItem: replaySystemItem,
  turnEnd: (state, reader, end) => {
    state.turnCount = firstNumber(reader, end);
  },
  runCompleted: replayRunEnd,
  runErrored: replayRunEnd,
  pausedTurnAbandoned: (state) => {
    state.lastRunInterrupted = false;
  },
  // Replaced as a whole.
  configChanged: (state, reader, end) => {
    state.config = copied(mergedField(rest(reader, end), CONFIG.number));
  },
  llmUsage: ({ usageHistory }, reader, end) => usageHistory.add(reader.bytes, reader.at, end),
  extension: replayExtension,
  foreign: replayUnknown,
} satisfies Record<NonNullable<Entry["kind"]["case"]>, ReplayKind>;

/** By field number in Entry. */
const REPLAY_BY_NUMBER: readonly ReplayKind[] = Array.from({ length: KIND_MAX + 1 }, (_, number) => {
  const field = EntrySchema.oneofs[0]?.fields.find((field) => field.number === number);
  // The fields of the oneof are what REPLAY has as its keys.
  return field === undefined ? replayUnknown : REPLAY[field.localName as keyof typeof REPLAY];
});

const START = SegmentStartSchema.field;
const OPENING_HISTORY = OpeningHistorySchema.field.history;
const ITEM = AssistantItemSchema.field.item; // a tool result has its item under the same number
const ITEM_TAG = ITEM.number * 8 + WIRE_BYTES;
const CONFIG = ConfigChangedSchema.field.config;
const SYSTEM_BODY = SystemItemSchema.field.body;
const EXTENSION = ExtensionSchema.field;
const NOTHING = new Uint8Array(0);

/**
 * Replays entries of one segment's own log, in order, onto `state` (nothing before them where not given), and gives it
 * back. What it does not know counts and changes nothing else.
 *
 * @param frames validated entries as they are stored: see entry-frames.ts
 */
export function collectState(frames: Uint8Array, state: ReplayState = emptyState()): ReplayState {
  const reader = new WireReader(frames);
  while (reader.at < frames.length) {
    reader.tag(frames.length);
    const length = reader.length(frames.length);
    const end = reader.at + length;
    replayEntry(state, reader, end);
    reader.at = end;
  }
  return state;
}

/** An entry has one kind, once. What comes before it and behind it is for others. */
function replayEntry(state: ReplayState, reader: WireReader, end: number): void {
  state.entryCount++;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number < KIND_MIN || number > KIND_MAX) {
      reader.skip(tag, end, 0);
      continue;
    }
    // The kinds that are known are messages; of another one nobody looks at what stands there.
    const length = (tag & 7) === WIRE_BYTES ? reader.length(end) : 0;
    (REPLAY_BY_NUMBER[number] ?? replayUnknown)(state, reader, reader.at + length);
    return;
  }
  replayUnknown(state);
}

function replayUnknown(state: ReplayState): void {
  state.unknownEntryCount++;
}

/** A start with a base adds to what was inherited; any other one replaces prompt, config and history. */
function replayStart(state: ReplayState, reader: WireReader, end: number): void {
  const start = rest(reader, end);
  state.sessionId = textOf(lastOf(start, START.sessionId.number) ?? NOTHING);
  if (lastOf(start, START.base.number) !== undefined) return;
  const { systemPrompt, config, history } = openingStateOf(SegmentStartSchema, start);
  state.systemPrompt = copied(systemPrompt);
  state.config = copied(config);
  state.history = emptyHistory();
  for (const item of history) state.history.add(item);
}

function replayOpeningHistory({ history }: ReplayState, reader: WireReader, end: number): void {
  for (const item of fieldOccurrences(rest(reader, end), OPENING_HISTORY.number)) history.add(item);
}

function replayUserInput({ history, userInputs }: ReplayState, reader: WireReader, end: number): void {
  history.add(textItem(Role.USER, flattenedText(rest(reader, end))));
  userInputs.add(reader.bytes, reader.at, end);
}

function replayItem({ history }: ReplayState, reader: WireReader, end: number): void {
  const start = reader.at;
  if (start < end && reader.tag(end) === ITEM_TAG) {
    const length = reader.length(end);
    if (reader.at + length === end) {
      history.add(reader.bytes, reader.at, end);
      return;
    }
  }
  // The item came in several parts, or beside fields that nobody knows.
  const item = mergedField(reader.bytes.subarray(start, end), ITEM.number);
  if (item !== undefined) history.add(item);
}

function replaySystemItem({ history }: ReplayState, reader: WireReader, end: number): void {
  history.add(textItem(Role.SYSTEM, [lastOf(rest(reader, end), SYSTEM_BODY.number) ?? NOTHING]));
}

function replayRunEnd(state: ReplayState, reader: WireReader, end: number): void {
  state.lastRunInterrupted = firstNumber(reader, end) !== 0n;
}

function replayExtension(state: ReplayState, reader: WireReader, end: number): void {
  const extension = rest(reader, end);
  state.extensions.add(extension);
  const domain = lastOf(extension, EXTENSION.domain.number) ?? NOTHING;
  if (domain.length !== POD_SCOPE_DOMAIN.length || textOf(domain) !== POD_SCOPE_DOMAIN) return;
  // A malformed scope leaves the one before it in force.
  state.podScope = parsePodScope(textOf(lastOf(extension, EXTENSION.payloadJson.number) ?? NOTHING)) ?? state.podScope;
}

function rest({ bytes, at }: WireReader, end: number): Uint8Array {
  return bytes.subarray(at, end);
}

function lastOf(message: Uint8Array, fieldNumber: number): Uint8Array | undefined {
  return fieldOccurrences(message, fieldNumber).at(-1);
}

/** Not `slice()`: of a Buffer that is a view. */
function copied(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && new Uint8Array(bytes);
}
