import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { RestoreSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { RESPONSE_BYTES } from "../limits.js";
import type { ReplayState } from "./collect-state.js";

const STATE_FIELD = RestoreSegmentResponseSchema.field.state.number;

/**
 * A state as encoded `seglog.v1.RestoreSegmentResponse` messages, which merged in order give the
 * whole. Each is of about RESPONSE_BYTES at most, unless a single item is larger: that one travels
 * alone. Encodes as it is pulled, never the whole at once. Always gives at least one.
 */
export function* restoredStateParts(state: ReplayState): Generator<Uint8Array, void, undefined> {
  // Encodings of one message after each other are the encoding of their merge.
  const part = new BinaryWriter();
  let partBytes = 0;
  for (const fragment of fragments(state)) {
    if (partBytes > 0 && partBytes + fragment.length > RESPONSE_BYTES) {
      yield response(part.finish());
      partBytes = 0;
    }
    part.raw(fragment);
    partBytes += fragment.length;
  }
  yield response(part.finish());
}

/** Prompt and config first, the scalars last, and each element of a repeated field by itself. */
function* fragments(state: ReplayState): Generator<Uint8Array, void, undefined> {
  if (state.systemPrompt !== undefined) yield encode({ systemPrompt: state.systemPrompt });
  if (state.config !== undefined) yield encode({ config: state.config });
  for (const item of state.history) yield encode({ history: [item] });
  for (const usage of state.usageHistory) yield encode({ usageHistory: [usage] });
  for (const extension of state.extensions) yield encode({ extensions: [extension] });
  if (state.podScope !== undefined) yield encode({ podScope: state.podScope });
  for (const input of state.userInputs) yield encode({ userInputs: [input] });
  const { sessionId, turnCount, lastRunInterrupted, entryCount, unknownEntryCount } = state;
  yield encode({ sessionId, turnCount, lastRunInterrupted, entryCount, unknownEntryCount });
}

function encode(fragment: MessageInitShape<typeof RestoredStateSchema>): Uint8Array {
  return toBinary(RestoredStateSchema, create(RestoredStateSchema, fragment));
}

function response(state: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(STATE_FIELD, WireType.LengthDelimited).bytes(state).finish();
}
