import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import fc, { type Arbitrary } from "fast-check";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { daemonKind, entryOf, id, item, text, timestamp, writerKind } from "./arbitrary-entry.js";

/** A request as it is sent. */
export interface SentRequest {
  readonly schema: DescMessage;
  readonly bytes: Uint8Array;
}

const methods = SegmentService.method;
const requestId = fc.stringMatching(/^[!-~]{0,64}$/);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const atLeastOne = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
const precondition = fc.record({ entryCount: uint64, headPosition: uint64 }, { requiredKeys: [] });
const state = fc.record({ systemPrompt: text, history: fc.array(item, { maxLength: 3 }) }, { requiredKeys: [] });
const entries = fc.array(entryOf(writerKind), { minLength: 1, maxLength: 5 });
const at = fc.oneof(
  fc.record({ case: fc.constant("turn" as const), value: uint64 }),
  fc.record({ case: fc.constant("entryCount" as const), value: atLeastOne }),
);
const tracePayload = fc.oneof(
  fc.record({ case: fc.constant("streamEventJson" as const), value: fc.json() }),
  fc.record({
    case: fc.constant("lifecycle" as const),
    value: fc.record({ label: text, dataJson: fc.json() }, { requiredKeys: ["label"] }),
  }),
);

/** An AppendRequest that breaks no rule. */
export const appendRequest = sent(
  methods.append.input,
  fc.record(
    { segmentId: id, entries, precondition, onConflict: fc.constantFrom(0, 1, 2), requestId },
    { requiredKeys: ["segmentId", "entries"] },
  ),
);

/** A request of some method that breaks no rule. */
export const anyRequest: Arbitrary<SentRequest> = fc.oneof(
  appendRequest,
  sent(methods.createSegment.input, fc.record({ sessionId: id, segmentId: id, state, requestId }, { requiredKeys: [] })),
  sent(methods.forkSegment.input, fc.record({ segmentId: id, at, onMissingTurn: fc.constantFrom(0, 1, 2) })),
  sent(
    methods.forkSession.input,
    fc.record({ source: fc.record({ case: fc.constant("point" as const), value: fc.record({ segmentId: id, at }) }), requestId }),
  ),
  sent(methods.ensureHeadOrFork.input, fc.record({ segmentId: id, state, newSegmentId: id }, { requiredKeys: ["segmentId"] })),
  sent(methods.saveDelta.input, fc.record({ segmentId: id, items: fc.array(item, { maxLength: 4 }), requestId })),
  sent(
    methods.importSegment.input,
    fc.record(
      { sessionId: id, segmentId: id, entries: fc.array(entryOf(fc.oneof(writerKind, daemonKind)), { maxLength: 4 }) },
      { requiredKeys: ["entries"] },
    ),
  ),
  sent(
    methods.tail.input,
    fc.record({
      scope: fc.record({ case: fc.constantFrom("segmentId" as const, "sessionId" as const), value: id }),
      start: fc.record({ case: fc.constant("afterPosition" as const), value: uint64 }),
      kinds: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
      heartbeatInterval: fc.record({ seconds: fc.bigInt(1n, 100n), nanos: fc.nat(999_999_999) }),
    }),
  ),
  sent(
    methods.appendTrace.input,
    fc.record({
      segmentId: id,
      entries: fc.array(fc.record({ time: timestamp, turn: uint64, payload: tracePayload }), { maxLength: 3 }),
    }),
  ),
);

/** Bytes that were sent, with some of them changed, added, lost or cut off. */
export function damaged(request: Arbitrary<SentRequest>): Arbitrary<SentRequest> {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
  return fc.tuple(request, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([{ schema, bytes }, edits]) => ({
    schema,
    bytes: edits.reduce(splice, bytes),
  }));
}

function splice(bytes: Uint8Array, edit: { at: number; remove: number; insert: Uint8Array }): Uint8Array {
  const at = edit.at % (bytes.length + 1);
  return Uint8Array.from([...bytes.subarray(0, at), ...edit.insert, ...bytes.subarray(at + edit.remove)]);
}

function sent<Desc extends DescMessage>(schema: Desc, init: Arbitrary<MessageInitShape<Desc>>): Arbitrary<SentRequest> {
  return init.map((value) => ({ schema, bytes: toBinary(schema, create(schema, value)) }));
}
