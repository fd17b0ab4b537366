import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Answer } from "./world.js";

/*
 * Positions are the store's, so that they differ between a store that a namespace shares and one that it has alone; and
 * with them tokens, and the bytes that a position takes in an entry. All else must be the same.
 */
const OF_POSITIONS = new Set(["position", "headPosition", "head_position", "resumeToken", "byteSize"]);

/** An answer without what follows from positions, and with what a tail gave as one list, however it came in messages. */
export function comparable({ messages, error }: Answer): JsonValue {
  return { answers: messages.flatMap(flattened).map(masked), failed: error === undefined ? null : masked(error) };
}

function flattened(message: JsonObject): readonly JsonObject[] {
  const { entries } = message;
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) return [message];
  const batches = (entries["batches"] ?? []) as readonly JsonObject[]; // of an EntryBatches
  return batches.flatMap(({ sessionId, segmentId, entries: each }) =>
    ((each ?? []) as readonly JsonObject[]).map((entry): JsonObject => ({ sessionId: sessionId ?? "", segmentId: segmentId ?? "", entry })),
  );
}

function masked(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === "string") return value.replace(/position \d+/g, "position"); // in the words of an error
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, OF_POSITIONS.has(name) ? "" : masked(each)]));
}
