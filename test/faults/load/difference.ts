import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { StoredSegment, StoredStore } from "./read-store.js";
import type { ModelEntry, ModelSegment, SessionModel } from "./session-model.js";

/** What daemons put behind the bytes of an entry: index, position and time, in bytes at most. */
const STAMP_BYTES_MAX = 48;

const NOTHING: ModelEntry = { bytes: undefined, position: undefined };

/** How what is stored of a writer differs from what it believes in, byte for byte; undefined where it does not. */
export function difference(model: SessionModel, stored: StoredStore): string | undefined {
  for (const [segmentId, segment] of model) {
    const found = stored.segments.get(segmentId);
    if (found === undefined) return `segment ${segmentId} with ${segment.entries.length} entries is gone`;
    const differs = segmentDifference(segment, found);
    if (differs !== undefined) return `segment ${segmentId}: ${differs}`;
  }
  return undefined;
}

/** The writer's bytes at the head of a stored entry, and what the daemon put behind them. */
export function stampOf(entry: Uint8Array, bytes: Uint8Array): { readonly index: number; readonly position: number } | undefined {
  if (entry.length < bytes.length || entry.length > bytes.length + STAMP_BYTES_MAX) return undefined;
  if (!Buffer.from(entry.buffer, entry.byteOffset, bytes.length).equals(bytes)) return undefined;
  return placeOf(entry.subarray(bytes.length));
}

/** The index and position that an encoded entry says last. */
export function placeOf(entry: Uint8Array): { readonly index: number; readonly position: number } {
  const reader = new BinaryReader(entry);
  const place = { index: 0, position: 0 };
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) place.index = Number(reader.uint64());
    else if (field === 2) place.position = Number(reader.uint64());
    else reader.skip(wireType, field);
  }
  return place;
}

function segmentDifference(model: ModelSegment, { segment, entries }: StoredSegment): string | undefined {
  if (segment.sessionId !== model.sessionId) return `is in session ${segment.sessionId}; wanted ${model.sessionId}`;
  const base = segment.base === undefined ? "none" : `${segment.base.entryCount} entries of ${segment.base.segmentId}`;
  const wantedBase = model.base === undefined ? "none" : `${model.base.entryCount} entries of ${model.base.segmentId}`;
  if (base !== wantedBase) return `has base ${base}; wanted ${wantedBase}`;
  if (Number(segment.entryCount) !== entries.length) return `says ${segment.entryCount} entries; gave ${entries.length}`;
  if (entries.length !== model.entries.length) return `has ${entries.length} entries; wanted ${model.entries.length}`;
  let lastPosition = 0;
  for (const [i, entry] of entries.entries()) {
    const { bytes, position } = model.entries[i] ?? NOTHING;
    const place = bytes === undefined ? placeOf(entry) : stampOf(entry, bytes);
    if (place === undefined) return `entry ${i} is not the bytes that were sent`;
    if (place.index !== i) return `entry ${i} says index ${place.index}`;
    if (position !== undefined && place.position !== position)
      return `entry ${i} has position ${place.position}; its writer was told ${position}`;
    if (place.position <= lastPosition) return `entry ${i} has position ${place.position} behind ${lastPosition}`;
    lastPosition = place.position;
  }
  return Number(segment.headPosition) !== lastPosition
    ? `says head position ${segment.headPosition}; its last is ${lastPosition}`
    : undefined;
}
