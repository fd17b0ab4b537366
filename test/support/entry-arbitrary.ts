import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { EntrySchema, InvokeTrigger, Permission, Role, RunResult } from "../../gen/seglog/v1/entry_pb.js";
import { formatId } from "../../src/model/id.js";

type Init<Message extends { kind?: unknown }> = fc.Arbitrary<NonNullable<Message["kind"]>>;
type EntryInit = MessageInitShape<typeof EntrySchema>;

/** The last millisecond that a timestamp can say. */
const TIME_MS_MAX = 253_402_300_799_999;

const text = fc.string({ unit: "binary" });
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

/** Ids in their canonical form. */
export const anyId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatId(bytes));

/** JSON text without spaces, integers beyond 2^53 among it. */
export const anyJson = fc.oneof(
  fc.json({ stringUnit: "binary" }),
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const config = fc.record({
  maxTokens: maybe(u32),
  temperature: maybe(float),
  topP: maybe(float),
  topK: maybe(u32),
  stopSequences: fc.array(text, { maxLength: 3 }),
  reasoning: fc.oneof(
    fc.constant({ case: undefined }),
    fc.record({ case: fc.constant("reasoningEffort" as const), value: text }),
    fc.record({ case: fc.constant("reasoningBudgetTokens" as const), value: fc.integer() }),
  ),
});

const contentPart = fc.record({
  kind: fc.record({ case: fc.constantFrom("text" as const, "refusal" as const), value: text }),
});

/** Items of every kind. */
export const anyItem = fc.record({
  kind: fc.oneof(
    fc.record({
      case: fc.constant("message" as const),
      value: fc.record({ role: fc.constantFrom(Role.USER, Role.ASSISTANT, Role.SYSTEM), content: fc.array(contentPart, { maxLength: 3 }) }),
    }),
    fc.record({ case: fc.constant("toolCall" as const), value: fc.record({ callId: text, name: text, arguments: text }) }),
    fc.record({
      case: fc.constant("toolOutput" as const),
      value: fc.record({ callId: text, summary: text, content: maybe(text), isError: fc.boolean() }),
    }),
    fc.record({
      case: fc.constant("reasoning" as const),
      value: fc.record({ text, summary: fc.array(text, { maxLength: 3 }), encryptedContent: maybe(text), signature: maybe(text) }),
    }),
  ),
});

const piece = fc.record({
  kind: fc.oneof(
    fc.constant({ case: undefined }),
    fc.record({
      case: fc.constantFrom("text" as const, "fileRef" as const, "knowledgeRef" as const, "workflowInvoke" as const),
      value: text,
    }),
    fc.record({ case: fc.constant("paste" as const), value: fc.record({ id: u32, chars: u32, lines: u32, content: text }) }),
  ),
});

const rule = fc.record({
  target: text,
  permission: fc.constantFrom(Permission.READ, Permission.WRITE),
  recursive: fc.boolean(),
});

const podEvent = fc.record({
  kind: fc.oneof(
    fc.record({ case: fc.constantFrom("turnEnded" as const, "shutDown" as const), value: fc.record({ podName: text }) }),
    fc.record({ case: fc.constant("errored" as const), value: fc.record({ podName: text, message: text }) }),
    fc.record({
      case: fc.constant("scopeSubDelegated" as const),
      value: fc.record({ parentPod: text, subPod: text, subSocket: text, scope: fc.array(rule, { maxLength: 3 }) }),
    }),
  ),
});

const systemItem = fc.record({
  body: text,
  kind: fc.oneof(
    fc.record({ case: fc.constant("notification" as const), value: fc.record({ message: text }) }),
    fc.record({ case: fc.constant("podEvent" as const), value: podEvent }),
    fc.record({ case: fc.constant("fileAttachment" as const), value: fc.record({ path: text }) }),
    fc.record({ case: fc.constantFrom("knowledge" as const, "workflow" as const), value: fc.record({ slug: text }) }),
    fc.constant({ case: "taskReminder" as const, value: { source: "task_inactivity" } }),
    fc.constant({ case: "interrupt" as const, value: {} }),
  ),
});

const origin = fc.record({ segmentId: anyId, atTurn: u64 });

const kind: Init<EntryInit> = fc.oneof(
  fc.record({
    case: fc.constant("segmentStart" as const),
    value: fc.record({
      sessionId: anyId,
      systemPrompt: maybe(text),
      config,
      history: fc.array(anyItem, { maxLength: 3 }),
      forkedFrom: maybe(origin),
      compactedFrom: maybe(origin),
    }),
  }),
  fc.record({
    case: fc.constant("invoke" as const),
    value: fc.record({ trigger: fc.integer({ min: InvokeTrigger.USER_SEND, max: InvokeTrigger.WAKEUP }) }),
  }),
  fc.record({ case: fc.constant("userInput" as const), value: fc.record({ pieces: fc.array(piece, { maxLength: 4 }) }) }),
  fc.record({ case: fc.constantFrom("assistantItem" as const, "toolResult" as const), value: fc.record({ item: anyItem }) }),
  fc.record({ case: fc.constant("systemItem" as const), value: systemItem }),
  fc.record({ case: fc.constant("turnEnd" as const), value: fc.record({ turnCount: u64 }) }),
  fc.record({
    case: fc.constant("runCompleted" as const),
    value: fc.record({ interrupted: fc.boolean(), result: fc.integer({ min: RunResult.FINISHED, max: RunResult.YIELDED }) }),
  }),
  fc.record({ case: fc.constant("runErrored" as const), value: fc.record({ interrupted: fc.boolean(), message: text }) }),
  fc.record({ case: fc.constant("configChanged" as const), value: fc.record({ config }) }),
  fc.record({
    case: fc.constant("llmUsage" as const),
    value: fc.record({ historyLen: u64, inputTotalTokens: u64, cacheReadTokens: u64, cacheWriteTokens: u64, outputTokens: u64 }),
  }),
  fc.record({ case: fc.constant("extension" as const), value: fc.record({ domain: text, payloadJson: anyJson }) }),
  fc.constant({ case: "pausedTurnAbandoned" as const, value: {} }),
);

/** Entries of every kind that the JSONL form of the seed's store has, with a time in whole milliseconds. */
export const anyEntry = fc
  .record({ timeMs: fc.nat({ max: TIME_MS_MAX }), kind })
  .map(({ timeMs, kind }) => create(EntrySchema, { time: timestampFromMs(timeMs), kind }));
