import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Entry, EntrySchema, RunResult } from "../../gen/seglog/v1/entry_pb.js";
import {
  assistantItem,
  assistantText,
  configChanged,
  type EntryInit,
  type ItemInit,
  textMessage,
  turnEnd,
  userInput,
} from "../../src/client/entries.js";

export { assistantItem, assistantText, configChanged, type EntryInit, type ItemInit, textMessage, turnEnd, userInput };

/** A tool's output. */
export function toolOutput(callId: string, summary = "done"): ItemInit {
  return { kind: { case: "toolOutput", value: { callId, summary } } };
}

/** A tool's result. */
export function toolResult(callId: string, summary?: string): EntryInit {
  return { kind: { case: "toolResult", value: { item: toolOutput(callId, summary) } } };
}

/** An item that the runtime injected. */
export function systemItem(body: string): EntryInit {
  return { kind: { case: "systemItem", value: { body } } };
}

/** The end of a run. */
export function runCompleted(interrupted = false): EntryInit {
  return { kind: { case: "runCompleted", value: { interrupted, result: RunResult.FINISHED } } };
}

/** Usage of one model request. */
export function usage(historyLen: bigint): EntryInit {
  return { kind: { case: "llmUsage", value: { historyLen, inputTotalTokens: 10n } } };
}

/** A payload of some domain. */
export function extension(domain: string, payloadJson: string): EntryInit {
  return { kind: { case: "extension", value: { domain, payloadJson } } };
}

/** A record of another format. */
export function foreign(text: string): EntryInit {
  return { kind: { case: "foreign", value: { format: "test", text } } };
}

/** The opening entry of a log that is imported. */
export function segmentStart(
  sessionId: string,
  start: Omit<
    Extract<NonNullable<EntryInit["kind"]>, { readonly case: "segmentStart" }>["value"],
    "sessionId" | "$typeName" | "$unknown"
  > = {},
): EntryInit {
  return { kind: { case: "segmentStart", value: { ...start, sessionId } } };
}

/** More opening history. */
export function openingHistory(...history: ItemInit[]): EntryInit {
  return { kind: { case: "openingHistory", value: { history } } };
}

/** An entry whose writer sets its place and time, of which only the time is the writer's to set. */
export function placed(entry: EntryInit, place: { readonly timeMs?: number; readonly index?: bigint; readonly position?: bigint }): Entry {
  const whole = create(EntrySchema, entry);
  if (place.timeMs !== undefined) whole.time = timestampFromMs(place.timeMs);
  whole.index = place.index ?? 0n;
  whole.position = place.position ?? 0n;
  return whole;
}

/** An entry of exactly so many bytes as sent. */
export function entryOfBytes(bytes: number): EntryInit {
  const entry = (chars: number) => extension("x", `"${"x".repeat(chars)}"`);
  const size = (chars: number) => toBinary(EntrySchema, create(EntrySchema, entry(chars))).length;
  const chars = bytes - (size(bytes) - bytes);
  if (size(chars) !== bytes) throw new Error(`no such entry takes ${bytes} bytes: its lengths would take one more`);
  return entry(chars);
}
