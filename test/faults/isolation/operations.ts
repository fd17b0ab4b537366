import fc from "fast-check";
import { Role } from "../../../gen/seglog/v1/entry_pb.js";
import { EntryKind, OnConflict, OnMissingTurn, TailEdge } from "../../../gen/seglog/v1/segment_service_pb.js";
import { formatId } from "../../../src/model/id.js";
import { type EntryInit, openingHistory, segmentStart, textMessage, turnEnd, userInput } from "../../support/entries.js";
import type { Memory, Token } from "./memory.js";
import type { MethodName } from "./world.js";

/** Two namespaces, of which one is a prefix of the other, and may be a caller's without a token. */
export const NAMESPACES = ["default", "default.b"] as const;

/** What one caller asks for. Numbers stand for ids of a few, which both namespaces use. */
export interface Operation {
  /** Which of the namespaces asks. */
  readonly by: 0 | 1;
  /** Whether it may be asked beside the next one, so that they share a commit. */
  readonly isBeside: boolean;
  readonly what:
    | { readonly type: "ask"; readonly method: MethodName; readonly numbers: Numbers }
    /** An earlier one again, of whichever namespace. */
    | { readonly type: "repeat"; readonly back: number }
    /** A tail from a token that the other namespace got. */
    | { readonly type: "foreignToken"; readonly token: number; readonly scope: number; readonly numbers: Numbers }
    | { readonly type: "restart" };
}

/** What an operation's requests are made of. */
interface Numbers {
  readonly session: number;
  readonly segment: number;
  readonly other: number;
  readonly choice: number;
  readonly small: number;
  readonly request: number;
  /** Whether the ids are of those that this namespace mostly uses, or any. */
  readonly isOwn: boolean;
}

const SESSIONS = 6;
const SEGMENTS = 10;
const REQUEST_IDS = 6;
const KEPT_TIMES = 6000;

/** The same 128 bits may be a session's and a segment's. Ids begin in the same way, so that prefixes of one are of others too. */
const id = (n: number): string => formatId(Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? n : at === 14 ? n % 3 : 2)));

const METHODS: readonly (readonly [MethodName, number])[] = [
  ["createSegment", 12],
  ["compactSegment", 3],
  ["forkSegment", 6],
  ["forkSession", 4],
  ["ensureHeadOrFork", 4],
  ["append", 14],
  ["appendStream", 4],
  ["saveDelta", 3],
  ["truncateSegment", 5],
  ["deleteSegment", 3],
  ["deleteSession", 2],
  ["importSegment", 6],
  ["restoreSegment", 4],
  ["readEntries", 5],
  ["tail", 9],
  ["getSegment", 3],
  ["getSession", 3],
  ["listSegments", 4],
  ["listSessions", 4],
  ["appendTrace", 3],
  ["readTrace", 3],
  ["getStatus", 1],
];

const numbers: fc.Arbitrary<Numbers> = fc.record({
  session: fc.nat({ max: SESSIONS - 1 }),
  segment: fc.nat({ max: SEGMENTS - 1 }),
  other: fc.nat({ max: SEGMENTS - 1 }),
  choice: fc.nat({ max: 11 }),
  small: fc.nat({ max: 4 }),
  request: fc.nat({ max: 3 * REQUEST_IDS }),
  isOwn: fc.constantFrom(true, true, false),
});

/** Sequences of operations of both namespaces. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.record({
    by: fc.constantFrom(0 as const, 1 as const),
    isBeside: fc.boolean(),
    what: fc.oneof(
      ...METHODS.map(([method, weight]) => ({
        weight,
        arbitrary: fc.record({ type: fc.constant("ask" as const), method: fc.constant(method), numbers }),
      })),
      { weight: 5, arbitrary: fc.record({ type: fc.constant("repeat" as const), back: fc.nat({ max: 9 }) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          type: fc.constant("foreignToken" as const),
          token: fc.nat({ max: 99 }),
          scope: fc.nat({ max: 2 }),
          numbers,
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("restart" as const) }) },
    ),
  }),
  { minLength: 250, maxLength: 350, size: "max" },
);

/** Who asks, with what is known of it. */
interface Asking {
  readonly by: Operation["by"];
  readonly secret: string;
  readonly memory: Memory;
}

/** The requests of an operation, as a caller sends them who knows what is in `memory`. */
export function requestsOf(method: MethodName, drawn: Numbers, caller: Asking): object[] {
  const numbers = idsFor(drawn, caller.by);
  const { choice, small } = numbers;
  const { memory } = caller;
  const sessionId = id(numbers.session);
  const segmentId = id(numbers.segment);
  const newSegmentId = choice % 3 === 0 ? {} : { newSegmentId: id(numbers.other) };
  const requestId = numbers.request < REQUEST_IDS ? `request ${numbers.request}`.replace(" ", "-") : "";
  // Some are so large that the state is kept in memory once it is restored.
  const state = {
    systemPrompt: choice === 11 ? caller.secret.repeat(KEPT_TIMES) : caller.secret,
    history: [textMessage(Role.USER, `history of ${caller.secret}`)],
  };
  const entries: EntryInit[] = [userInput(`${caller.secret} ${small}`), turnEnd(BigInt(small))].slice(0, 1 + (choice % 2));
  const believed = {
    ...(choice % 3 === 1 && { entryCount: BigInt(1 + small) }),
    ...(choice % 4 === 1 && { headPosition: memory.headPosition(segmentId) }),
  };
  const conflict = { precondition: believed, onConflict: choice % 2 === 0 ? OnConflict.FORK : OnConflict.FAIL };
  const onMissingTurn = choice % 2 === 0 ? OnMissingTurn.HEAD : OnMissingTurn.FAIL;
  const point = [
    { case: "turn" as const, value: BigInt(small) },
    { case: "entryCount" as const, value: BigInt(1 + small) },
    { case: undefined, value: undefined },
  ][choice % 3];

  switch (method) {
    case "createSegment": {
      const inSession = choice % 4 === 0 ? {} : { sessionId };
      return [{ ...inSession, ...(choice % 5 === 0 ? {} : { segmentId }), state, requestId }];
    }
    case "compactSegment":
      return [{ segmentId, ...newSegmentId, state, precondition: believed, requestId }];
    case "forkSegment":
      return [{ segmentId, ...newSegmentId, at: point, onMissingTurn, requestId }];
    case "forkSession": {
      const newSessionId = choice % 2 === 0 ? {} : { newSessionId: sessionId };
      const source =
        choice % 3 === 0
          ? { case: "state" as const, value: state }
          : { case: "point" as const, value: { segmentId, at: point, onMissingTurn } };
      return [{ source, ...newSessionId, requestId }];
    }
    case "ensureHeadOrFork":
      return [{ segmentId, entriesWritten: BigInt(1 + small), atTurn: 1n, ...newSegmentId, ...(choice % 2 === 0 && { state }), requestId }];
    case "append":
      return [{ segmentId, entries, ...conflict, requestId }];
    case "appendStream":
      return [segmentId, id(numbers.other), segmentId].map((of, i) => ({
        correlationId: BigInt(i),
        append: { segmentId: of, entries, ...conflict, requestId: requestId === "" ? "" : `${requestId}-${i}` },
      }));
    case "saveDelta":
      return [{ segmentId, items: [textMessage(Role.ASSISTANT, caller.secret)], ...conflict, requestId }];
    case "truncateSegment":
      return [{ segmentId, entryCount: BigInt(1 + small), precondition: believed, requestId }];
    case "deleteSegment":
      return [{ segmentId, requestId }];
    case "deleteSession":
      return [{ sessionId, requestId }];
    case "importSegment": {
      const base = choice % 3 === 0 ? { base: { segmentId: id(numbers.other), entryCount: BigInt(1 + small) } } : {};
      const opening = choice % 3 === 0 ? [] : [openingHistory(textMessage(Role.USER, caller.secret))];
      return [
        { sessionId, segmentId, entries: [segmentStart(sessionId, base), ...opening] },
        { sessionId, segmentId, entries },
      ];
    }
    case "restoreSegment":
      return [{ segmentId, ...(choice % 3 === 1 && { sessionId }), until: point, onMissingTurn }];
    case "readEntries":
      return [{ segmentId, backward: choice % 2 === 0, inherited: choice % 4 === 0, limit: BigInt(small) }];
    case "tail":
      return [{ ...tailStart(numbers, memory), kinds: small === 1 ? [EntryKind.USER_INPUT] : [] }];
    case "getSegment":
      return [{ segmentId }];
    case "getSession":
      return [{ sessionId }];
    case "listSegments":
      return [{ ...(choice % 3 === 0 && { sessionId }), pageSize: small, idPrefix: prefixOf(segmentId, choice) }];
    case "listSessions":
      return [{ pageSize: small, idPrefix: prefixOf(sessionId, choice), ...(choice % 4 === 0 && { namespaceId: NAMESPACES[choice % 2] }) }];
    case "appendTrace":
      return [{ segmentId, entries: [{ turn: BigInt(small), payload: { case: "lifecycle", value: { label: caller.secret } } }] }];
    case "readTrace":
      return [{ segmentId, limit: BigInt(small) }];
    case "getStatus":
      return [{}];
    default:
      return method satisfies never;
  }
}

/** Numbers of ids that a namespace mostly uses: each has every second one. */
function idsFor(numbers: Numbers, by: Operation["by"]): Numbers {
  const own = (n: number) => (numbers.isOwn ? n - (n % 2) + by : n);
  return { ...numbers, session: own(numbers.session), segment: own(numbers.segment), other: own(numbers.other) };
}

/** A tail from a token, whoever got it. */
export function tailFrom({ token, scope }: Token, otherScope: number, numbers: Numbers): object {
  return { scope: otherScope === 0 ? scope : scopeOf(otherScope, numbers), start: { case: "resumeToken", value: token } };
}

function scopeOf(scope: number, { session, segment }: Numbers): object {
  if (scope === 0) return { case: "store", value: {} };
  return scope === 1 ? { case: "sessionId", value: id(session) } : { case: "segmentId", value: id(segment) };
}

/** Positions only where a caller was told them: what another one says lies past the head of a store with less in it. */
function tailStart(numbers: Numbers, memory: Memory): object {
  const { choice, segment, small } = numbers;
  const token = memory.tokens.at(-1 - 3 * small);
  if (choice >= 6 && token !== undefined) return tailFrom(token, choice === 11 ? 1 : 0, numbers);
  const scope = scopeOf(choice % 3, numbers);
  if (choice === 3) return { scope, start: { case: "afterPosition", value: memory.headPosition(id(segment)) } };
  if (choice === 5) return { scope, start: { case: "fromIndex", value: BigInt(small) } };
  return { scope, start: { case: "edge", value: choice === 4 ? TailEdge.END : TailEdge.BEGINNING } };
}

function prefixOf(text: string, choice: number): string {
  return choice % 2 === 0 ? "" : text.slice(0, 26 - choice);
}
