import type { SegmentStartSchema } from "../../gen/seglog/v1/entry_pb.js";
import type { StartStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import { fieldOccurrences, mergedField } from "./wire/field-occurrences.js";

/** What a segment opens with, each part as it was encoded. */
export interface OpeningState {
  /** In UTF-8. */
  readonly systemPrompt?: Uint8Array | undefined;
  /** A `seglog.v1.RequestConfig`. */
  readonly config?: Uint8Array | undefined;
  /** Of `seglog.v1.Item`, in order. */
  readonly history: Iterable<Uint8Array>;
}

/** The state in a validated message of a schema that has one. Views of its bytes, but for a config that came in parts. */
export function openingStateOf({ field }: typeof SegmentStartSchema | typeof StartStateSchema, bytes: Uint8Array): OpeningState {
  return {
    systemPrompt: fieldOccurrences(bytes, field.systemPrompt.number).at(-1),
    config: mergedField(bytes, field.config.number),
    history: fieldOccurrences(bytes, field.history.number),
  };
}
