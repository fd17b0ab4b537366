import type { MessageInitShape } from "@bufbuild/protobuf";
import fc, { type Arbitrary } from "fast-check";
import type { EntrySchema, ItemSchema, RequestConfigSchema } from "../../gen/seglog/v1/entry_pb.js";

type EntryInit = MessageInitShape<typeof EntrySchema>;
type EntryKindInit = NonNullable<EntryInit["kind"]>;
type ItemInit = MessageInitShape<typeof ItemSchema>;

/** Text of whole characters: no lone surrogates, which have no UTF-8. */
export const text = fc.string({ unit: "binary", maxLength: 12 });

/** An id in any accepted form. */
export const id = fc.oneof(
  fc.ulid(),
  fc.ulid().map((ulid) => ulid.toLowerCase()),
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.replaceAll("-", "")),
);

const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

/** A time of the years 1 to 9999. */
export const timestamp = fc.record({
  seconds: fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
});

const config: Arbitrary<MessageInitShape<typeof RequestConfigSchema>> = fc.record(
  {
    maxTokens: fc.nat(),
    temperature: finite,
    topP: finite,
    topK: fc.nat(),
    stopSequences: fc.array(text, { maxLength: 3 }),
    reasoning: fc.oneof(
      fc.record({ case: fc.constant("reasoningEffort" as const), value: text }),
      fc.record({ case: fc.constant("reasoningBudgetTokens" as const), value: fc.integer({ min: -1, max: 9999 }) }),
    ),
  },
  { requiredKeys: [] },
);

const part = fc.record({
  kind: fc.oneof(
    fc.record({ case: fc.constant("text" as const), value: text }),
    fc.record({ case: fc.constant("refusal" as const), value: text }),
  ),
});

// Roles from 4 on are numbers that this version does not know.
const message = fc.record({ role: fc.integer({ min: 1, max: 9 }), content: fc.array(part, { maxLength: 3 }) });

/** An item of any kind. */
export const item: Arbitrary<ItemInit> = fc.record({
  kind: fc.oneof(
    fc.record({ case: fc.constant("message" as const), value: message }),
    fc.record({ case: fc.constant("toolCall" as const), value: fc.record({ callId: text, name: text, arguments: text }) }),
    fc.record({
      case: fc.constant("toolOutput" as const),
      value: fc.record({ callId: text, summary: text, isError: fc.boolean() }),
    }),
    fc.record({
      case: fc.constant("reasoning" as const),
      value: fc.record({ text, summary: fc.array(text, { maxLength: 2 }) }),
    }),
  ),
});

const piece = fc.record({
  kind: fc.oneof(
    fc.record({ case: fc.constant("text" as const), value: text }),
    fc.record({
      case: fc.constant("paste" as const),
      value: fc.record({ id: fc.nat(), chars: fc.nat(), lines: fc.nat(), content: text }),
    }),
    fc.record({ case: fc.constant("fileRef" as const), value: text }),
    fc.record({ case: fc.constant("knowledgeRef" as const), value: text }),
    fc.record({ case: fc.constant("workflowInvoke" as const), value: text }),
    fc.constant({ case: undefined }),
  ),
});

const subDelegation = fc.record({
  case: fc.constant("scopeSubDelegated" as const),
  value: fc.record({
    parentPod: text,
    subPod: text,
    subSocket: text,
    scope: fc.array(fc.record({ target: text, permission: fc.constantFrom(1, 2), recursive: fc.boolean() }), { maxLength: 2 }),
  }),
});

const systemItemKind = fc.oneof(
  fc.record({ case: fc.constant("notification" as const), value: fc.record({ message: text }) }),
  fc.record({ case: fc.constant("podEvent" as const), value: fc.record({ kind: subDelegation }) }),
  fc.record({ case: fc.constant("interrupt" as const), value: fc.constant({}) }),
  fc.constant({ case: undefined }),
);

/** A kind that a writer may append. */
export const writerKind: Arbitrary<EntryKindInit> = fc.oneof(
  fc.record({ case: fc.constant("invoke" as const), value: fc.record({ trigger: fc.integer({ min: 1, max: 8 }) }) }),
  fc.record({ case: fc.constant("userInput" as const), value: fc.record({ pieces: fc.array(piece, { maxLength: 4 }) }) }),
  fc.record({ case: fc.constant("assistantItem" as const), value: fc.record({ item }) }),
  fc.record({ case: fc.constant("toolResult" as const), value: fc.record({ item }) }),
  fc.record({ case: fc.constant("systemItem" as const), value: fc.record({ body: text, kind: systemItemKind }) }),
  fc.record({ case: fc.constant("turnEnd" as const), value: fc.record({ turnCount: count }) }),
  fc.record({
    case: fc.constant("runCompleted" as const),
    value: fc.record({ interrupted: fc.boolean(), result: fc.integer({ min: 1, max: 6 }) }),
  }),
  fc.record({ case: fc.constant("runErrored" as const), value: fc.record({ interrupted: fc.boolean(), message: text }) }),
  fc.record({ case: fc.constant("configChanged" as const), value: fc.record({ config }) }),
  fc.record({ case: fc.constant("llmUsage" as const), value: fc.record({ historyLen: count, outputTokens: count }) }),
  fc.record({
    case: fc.constant("extension" as const),
    value: fc.record({ domain: text, payloadJson: fc.json({ stringUnit: "grapheme" }) }),
  }),
  fc.record({ case: fc.constant("pausedTurnAbandoned" as const), value: fc.constant({}) }),
);

const origin = fc.record({ segmentId: id, atTurn: count });

/** A kind of the daemon's, or of an import's. */
export const daemonKind: Arbitrary<EntryKindInit> = fc.oneof(
  fc.record({
    case: fc.constant("segmentStart" as const),
    value: fc.record(
      { sessionId: id, systemPrompt: text, config, history: fc.array(item, { maxLength: 2 }), forkedFrom: origin },
      { requiredKeys: ["sessionId"] },
    ),
  }),
  fc.record({ case: fc.constant("openingHistory" as const), value: fc.record({ history: fc.array(item, { maxLength: 2 }) }) }),
  fc.record({ case: fc.constant("foreign" as const), value: fc.record({ format: text, text }) }),
);

/** An entry of some kind. What is output only may be set too. */
export function entryOf(kind: Arbitrary<EntryKindInit>): Arbitrary<EntryInit> {
  return fc.record({ index: count, position: count, time: timestamp, kind }, { requiredKeys: ["kind"] });
}
