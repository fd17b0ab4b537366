import { create, mergeFromBinary, toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { type RestoredState, RestoredStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { RestoreSegmentResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFacts } from "../../src/model/entry-facts.js";
import { frameSize, writeEntryFrame } from "../../src/model/entry-frames.js";
import { collectState } from "../../src/model/replay/collect-state.js";
import type { ReplayState } from "../../src/model/replay/replay-state.js";
import { restoredStateParts } from "../../src/model/replay/state-parts.js";

/** The state that entries replay to, as a client gets it. */
export function replayed(entries: readonly Entry[]): RestoredState {
  return sentState(collectState(storedFrames(entries)));
}

/** Entries as they are stored. */
export function storedFrames(entries: readonly Entry[]): Uint8Array {
  return storedFramesOf(entries.map((entry) => toBinary(EntrySchema, entry)));
}

/** Encoded entries as they are stored. */
export function storedFramesOf(entries: readonly Uint8Array[]): Uint8Array {
  const frames = entries.map((bytes, index) => {
    const entry = entryFacts(bytes);
    const stamp = { index, position: 1000 + index, timeMs: 1_700_000_000_000 };
    const frame = new Uint8Array(frameSize(entry, stamp));
    writeEntryFrame(frame, 0, entry, stamp);
    return frame;
  });
  return Buffer.concat(frames);
}

/** A state as a client gets it: its parts, merged. */
export function sentState(state: ReplayState): RestoredState {
  return mergedParts(restoredStateParts(state));
}

/** The state that encoded responses merge to. */
export function mergedParts(parts: Iterable<Uint8Array>): RestoredState {
  const response = create(RestoreSegmentResponseSchema);
  for (const part of parts) mergeFromBinary(RestoreSegmentResponseSchema, response, part);
  return response.state ?? create(RestoredStateSchema);
}
