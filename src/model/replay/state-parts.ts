import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { RestoreSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { RESPONSE_BYTES } from "../limits.js";
import { concatenated } from "../wire/concatenated.js";
import { fieldHead } from "../wire/wire-writer.js";
import { type EncodedList, HEADROOM_BYTES } from "./encoded-list.js";
import type { ReplayState } from "./replay-state.js";

const STATE_FIELD = RestoreSegmentResponseSchema.field.state.number;
const { systemPrompt: PROMPT, config: CONFIG } = RestoredStateSchema.field;

/** Fields of a state, encoded. */
interface Fragment {
  readonly bytes: Uint8Array;
  /** Whether it has HEADROOM_BYTES before it. */
  readonly hasHeadroom: boolean;
}

/**
 * A state as encoded `seglog.v1.RestoreSegmentResponse` messages, which merged in order give the
 * whole. Each is of about RESPONSE_BYTES at most, unless a single item is larger: that one travels
 * alone. Always gives at least one. Large parts are the memory of the state itself, which is not to
 * be replayed onto any more.
 */
export function* restoredStateParts(state: ReplayState): Generator<Uint8Array, void, undefined> {
  // Encodings of one message after each other are the encoding of their merge.
  let part: Fragment[] = [];
  let partBytes = 0;
  for (const fragment of fragments(state)) {
    if (partBytes > 0 && partBytes + fragment.bytes.length > RESPONSE_BYTES) {
      yield response(part, partBytes);
      part = [];
      partBytes = 0;
    }
    part.push(fragment);
    partBytes += fragment.bytes.length;
  }
  yield response(part, partBytes);
}

/** Prompt and config first, the scalars last. */
function* fragments(state: ReplayState): Generator<Fragment, void, undefined> {
  if (state.systemPrompt !== undefined) yield field(PROMPT.number, state.systemPrompt);
  if (state.config !== undefined) yield field(CONFIG.number, state.config);
  yield* pieces(state.history);
  yield* pieces(state.usageHistory);
  yield* pieces(state.extensions);
  if (state.podScope !== undefined) yield encode({ podScope: state.podScope });
  yield* pieces(state.userInputs);
  const { sessionId, turnCount, lastRunInterrupted, entryCount, unknownEntryCount } = state;
  yield encode({
    sessionId,
    turnCount,
    lastRunInterrupted,
    entryCount: BigInt(entryCount),
    unknownEntryCount: BigInt(unknownEntryCount),
  });
}

function* pieces(list: EncodedList): Generator<Fragment, void, undefined> {
  for (const bytes of list.pieces()) yield { bytes, hasHeadroom: true };
}

function field(number: number, value: Uint8Array): Fragment {
  return { bytes: concatenated([fieldHead(number, value.length), value]), hasHeadroom: false };
}

function encode(init: MessageInitShape<typeof RestoredStateSchema>): Fragment {
  return { bytes: toBinary(RestoredStateSchema, create(RestoredStateSchema, init)), hasHeadroom: false };
}

/** A part that is one piece of a list is not copied: memory that comes and goes in megabytes keeps the collector busy. */
function response(part: readonly Fragment[], partBytes: number): Uint8Array {
  const head = fieldHead(STATE_FIELD, partBytes);
  const [first] = part;
  if (part.length > 1 || !first?.hasHeadroom || head.length > HEADROOM_BYTES)
    return concatenated([head, ...part.map(({ bytes }) => bytes)]);
  const { buffer, byteOffset, length } = first.bytes;
  const whole = new Uint8Array(buffer, byteOffset - head.length, head.length + length);
  whole.set(head);
  return whole;
}
