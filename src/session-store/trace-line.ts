import { create } from "@bufbuild/protobuf";
import { type TraceEntry, TraceEntrySchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { JsonError, JsonObject, readJson } from "./json.js";
import { objectText, stringText } from "./json-text.js";
import { NoFormError } from "./no-form.js";
import { payloadText } from "./payload-text.js";
import { optional, optionalVerbatim, RefusedError, required, type Shape, string, tagged, u64, variant, verbatim } from "./shape.js";
import { type Chunks, textLines } from "./text-lines.js";
import { timeMs, writeTimeMs } from "./time.js";
import { tornProblem } from "./torn-line.js";

/** What one line of a trace came to. */
export interface TraceLineRead {
  /** Undefined where the line is no trace entry. */
  readonly entry: TraceEntry | undefined;
  /** What is to be reported of it. Never repeats content. */
  readonly notes: readonly string[];
}

const header = { ts: required(timeMs), turn: required(u64), llm_call: optional(u64) };

const streamEvent = variant({ ...header, event: verbatim }, ({ ts: time, turn, llm_call: llmCall, event }) =>
  create(TraceEntrySchema, { time, turn, llmCall, payload: { case: "streamEventJson", value: event } }),
);

const lifecycle = variant(
  { ...header, label: required(string), data: optionalVerbatim },
  ({ ts: time, turn, llm_call: llmCall, label, data: dataJson }) =>
    create(TraceEntrySchema, { time, turn, llmCall, payload: { case: "lifecycle", value: { label, dataJson } } }),
);

const taggedEntry = tagged({ stream_event: streamEvent, lifecycle });

/** Lines of the first versions have no kind: they are all stream events. */
const traceEntry: Shape<TraceEntry> = (value, place) =>
  value instanceof JsonObject && !value.members.some(({ key }) => key === "kind")
    ? streamEvent(value.members, place)
    : taggedEntry(value, place);

/** Reads one line of a trace, given without its line end. */
export function readTraceLine(text: string): TraceLineRead {
  const notes: string[] = [];
  try {
    return { entry: traceEntry(readJson(text), { path: "", source: text, notes }), notes };
  } catch (error) {
    if (!(error instanceof JsonError) && !(error instanceof RefusedError)) throw error;
    return { entry: undefined, notes: [`left out: ${error.message}`] };
  }
}

/**
 * A trace entry as a line, without its line end.
 *
 * @returns undefined where the JSONL form cannot say it
 */
export function writeTraceLine({ time, turn, llmCall, payload }: TraceEntry): string | undefined {
  try {
    return objectText({
      ts: writeTimeMs(time),
      turn: String(turn),
      llm_call: llmCall === undefined ? undefined : String(llmCall),
      ...payloadMembers(payload),
    });
  } catch (error) {
    if (error instanceof NoFormError) return undefined;
    throw error;
  }
}

/** Reads a trace file line by line. Blank lines are skipped; what is no trace entry is left out with a problem. */
export async function* readTrace(
  chunks: Chunks,
): AsyncGenerator<{ readonly line: number; readonly entry: TraceEntry | undefined; readonly problems: readonly string[] }> {
  for await (const textLine of textLines(chunks)) {
    const torn = tornProblem(textLine);
    const { line, text } = textLine;
    if (torn !== undefined || text === undefined) {
      yield { line, entry: undefined, problems: [torn ?? "not UTF-8: left out"] };
      continue;
    }
    const { entry, notes } = readTraceLine(text);
    yield { line, entry, problems: notes };
  }
}

function payloadMembers(payload: TraceEntry["payload"]): Readonly<Record<string, string | undefined>> {
  switch (payload.case) {
    case "streamEventJson":
      return { kind: '"stream_event"', event: payloadText(payload.value) };
    case "lifecycle": {
      const { label, dataJson } = payload.value;
      const data = dataJson === undefined ? undefined : payloadText(dataJson);
      return { kind: '"lifecycle"', label: stringText(label), data: data === "null" ? undefined : data };
    }
    case undefined:
      throw new NoFormError("a trace entry of an unknown kind");
    default:
      return payload satisfies never;
  }
}
