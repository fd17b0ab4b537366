import { create } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { type Json, JsonError, JsonObject, readJson } from "./json.js";
import { lineEntries } from "./read-entry.js";
import { type Place, RefusedError } from "./shape.js";
import { timeMs } from "./time.js";

/** Format of the foreign entries that keep lines of this form. */
export const LINE_FORMAT = "session-store.jsonl";

/** What one line of a log came to. */
export interface LineRead {
  /** Mostly one; as many as it had items where it was of a plural kind. */
  readonly entries: readonly Entry[];
  /** What is to be reported of it: what was not kept, or kept in another form. Never repeats content. */
  readonly notes: readonly string[];
}

/**
 * Reads one line of a log, given without its line end. Takes what the seed's reader takes (except for
 * arrays in place of objects) and, beyond it, the kinds of older and later versions. Any other line is
 * kept as a `foreign` entry.
 */
export function readLine(text: string): LineRead {
  const notes: string[] = [];
  const place: Place = { path: "", source: text, notes };
  let json: Json | undefined;
  try {
    json = readJson(text);
    const entries = lineEntries(json, place);
    return { entries, notes };
  } catch (error) {
    if (!(error instanceof JsonError) && !(error instanceof RefusedError)) throw error;
    return { entries: [foreignEntry(text, timeOf(json))], notes: [`kept as a foreign entry: ${error.message}`] };
  }
}

function foreignEntry(text: string, time: Timestamp | undefined): Entry {
  return create(EntrySchema, {
    ...(time === undefined ? {} : { time }),
    kind: { case: "foreign", value: { format: LINE_FORMAT, text } },
  });
}

/** The time of a line that is otherwise not understood, so that it is the same each time it is imported. */
function timeOf(json: Json | undefined): Timestamp | undefined {
  const ts = json instanceof JsonObject ? json.members.find(({ key }) => key === "ts") : undefined;
  if (ts === undefined) return undefined;
  try {
    return timeMs(ts.value, { path: "ts", source: "", notes: [] });
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}
