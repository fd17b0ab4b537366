import fc from "fast-check";
import { type Sight, WHOLE_SIGHT } from "../../../src/model/namespace.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import { fromTheFuture, runCompleted, said, saidAt, turnEnd } from "../contract/sample-entries.js";

/** Who asks: an operator, or callers of two namespaces who see no other. */
export const SIGHTS: readonly Sight[] = [
  WHOLE_SIGHT,
  { namespace: "default", seesAll: false },
  { namespace: "b", seesAll: false },
  { namespace: "b", seesAll: true },
];

/** What a writer believes of a segment, told from how it is: right at an offset of 0. */
export interface Belief {
  readonly entryCount: number | undefined;
  readonly headPosition: "unset" | "right" | "wrong";
}

/** One step of a sequence, and who asks for it. */
export type Command = Step & { readonly sight: number };

/** What is asked for. Sessions and segments are numbers for a few ids (see meant.ts); both have the same ids, so that they meet. */
type Step =
  | ({
      readonly type: "create";
      readonly session: number;
      readonly segment: number;
      readonly rule: "new" | "any" | "existing";
      readonly history: number;
    } & Asked)
  | ({
      readonly type: "compact";
      readonly segment: number;
      readonly target: number;
      readonly atTurn: bigint | undefined;
      readonly belief: Belief;
    } & Asked)
  | ({ readonly type: "fork"; readonly segment: number; readonly target: number; readonly at: At } & Asked)
  | ({
      readonly type: "ensureHead";
      readonly segment: number;
      readonly target: number;
      readonly offset: number;
      readonly withState: boolean;
    } & Asked)
  | ({
      readonly type: "append";
      readonly segment: number;
      readonly target: number | undefined;
      readonly entries: readonly NewEntry[];
      readonly belief: Belief;
    } & Asked)
  | ({ readonly type: "truncate"; readonly segment: number; readonly cut: number; readonly belief: Belief } & Asked)
  | ({ readonly type: "deleteSegment"; readonly segment: number } & Asked)
  | ({ readonly type: "deleteSession"; readonly session: number } & Asked)
  | {
      readonly type: "import";
      readonly session: number;
      readonly segment: number;
      readonly offset: number | undefined;
      readonly entries: readonly NewEntry[];
      readonly base: number | undefined;
      readonly baseKeep: number;
    }
  | { readonly type: "trace"; readonly segment: number; readonly count: number }
  | { readonly type: "retry"; readonly back: number }
  | { readonly type: "restart" }
  | { readonly type: "wait"; readonly hours: number }
  | {
      readonly type: "readEntries";
      readonly segment: number;
      readonly fromIndex: number;
      readonly count: number;
      readonly backward: boolean;
      readonly bytesMax: number;
    }
  | {
      readonly type: "readFeed";
      readonly scope: "store" | "session" | "segment";
      readonly session: number;
      readonly segment: number;
      readonly after: number;
      readonly eventsAfter: number;
      readonly bytesMax: number;
    }
  | { readonly type: "point"; readonly segment: number; readonly at: At }
  | {
      readonly type: "lists";
      readonly session: number | undefined;
      readonly before: number;
      readonly from: number;
      readonly limit: number;
    };

interface Asked {
  /** Request id, of a few. */
  readonly request: number | undefined;
}

/** A point of a segment; a count is so many entries before its end. */
export interface At {
  readonly turn: bigint | undefined;
  readonly countBack: number | undefined;
  readonly onMissingTurn: "fail" | "head";
}

/** How many ids there are for sessions, and how many for segments. */
export const SESSIONS = 3;
export const SEGMENTS = 8;

const session = fc.nat({ max: 99 });
const segment = fc.nat({ max: 99 });
const turn = fc.bigInt(0n, 4n);
const request = fc.option(fc.nat({ max: 11 }), { nil: undefined, freq: 2 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const bytesMax = fc.constantFrom(1, 60, 150, 400, 1 << 20);
const text = fc.string({ maxLength: 60 });

const belief: fc.Arbitrary<Belief> = fc.record({
  entryCount: fc.constantFrom(undefined, 0, 0, 0, -1, -2, -4, 1),
  headPosition: fc.constantFrom("unset", "unset", "right", "right", "wrong"),
});
const mostlyNone: fc.Arbitrary<Belief> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Belief>({ entryCount: undefined, headPosition: "unset" }) },
  { weight: 1, arbitrary: belief },
);
const at: fc.Arbitrary<At> = fc.oneof(
  fc.record({ turn, countBack: fc.constant(undefined), onMissingTurn: fc.constantFrom("fail", "head") }),
  fc.record({ turn: fc.constant(undefined), countBack: fc.integer({ min: -1, max: 6 }), onMissingTurn: fc.constant("fail") }),
  fc.constant({ turn: undefined, countBack: undefined, onMissingTurn: "fail" as const }),
);
const entry = fc.oneof(
  { weight: 1, arbitrary: text.map(said) },
  { weight: 3, arbitrary: turn.map(turnEnd) },
  { weight: 1, arbitrary: fc.boolean().map(runCompleted) },
  { weight: 1, arbitrary: text.map(fromTheFuture) },
  { weight: 1, arbitrary: fc.tuple(text, fc.nat()).map(([words, timeMs]) => saidAt(words, timeMs)) },
);
const entries = fc.array(entry, { minLength: 1, maxLength: 6 });

/** Every sequence begins with this: without a segment most commands would only find out that there is none. */
const FIRST: Command = { type: "create", session: 0, segment: 0, rule: "any", history: 1, request: undefined, sight: 0 };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("create"),
      session,
      segment,
      rule: fc.constantFrom("new", "any", "any", "existing"),
      history: fc.nat({ max: 2 }),
      request,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("compact"), segment, target: segment, atTurn: maybe(turn), belief, request }) },
  { weight: 9, arbitrary: fc.record({ type: fc.constant("fork"), segment, target: segment, at, request }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("ensureHead"),
      segment,
      target: segment,
      offset: fc.integer({ min: -3, max: 1 }),
      withState: fc.boolean(),
      request,
    }),
  },
  { weight: 16, arbitrary: fc.record({ type: fc.constant("append"), segment, target: maybe(segment), entries, belief, request }) },
  {
    weight: 9,
    arbitrary: fc.record({ type: fc.constant("truncate"), segment, cut: fc.integer({ min: -1, max: 7 }), belief: mostlyNone, request }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("deleteSegment"), segment, request }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("deleteSession"), session, request }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("import"),
      session,
      segment,
      offset: fc.constantFrom(undefined, undefined, 0, 0, 0, 1, -1),
      entries,
      base: maybe(segment),
      baseKeep: fc.nat({ max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("trace"), segment, count: fc.nat({ max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("retry"), back: fc.nat({ max: 5 }) }) },
  { weight: 3, arbitrary: fc.constant({ type: "restart" } as const) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("wait"), hours: fc.constantFrom(1, 12, 24) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("readEntries"),
      segment,
      fromIndex: fc.nat({ max: 10 }),
      count: fc.nat({ max: 20 }),
      backward: fc.boolean(),
      bytesMax,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("readFeed"),
      scope: fc.constantFrom("store", "session", "segment"),
      session,
      segment,
      after: fc.nat({ max: 40 }),
      eventsAfter: fc.nat({ max: 40 }),
      bytesMax,
    }),
  },
  { weight: 7, arbitrary: fc.record({ type: fc.constant("point"), segment, at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("lists"),
      session: maybe(session),
      before: fc.nat({ max: 6 }),
      from: fc.nat({ max: 6 }),
      limit: fc.nat({ max: 7 }),
    }),
  },
);

/** Mostly an operator, for most of what others ask for is not there. */
const sight = fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 2, 3);

/** Sequences of commands: mostly writes to a few segments, restarts and reads among them. */
export const commands: fc.Arbitrary<Command[]> = fc
  .array(
    fc.tuple(step, sight).map(([asked, by]): Command => ({ ...asked, sight: by })),
    { minLength: 15, maxLength: 60, size: "max" },
  )
  .map((rest): Command[] => [FIRST, ...rest]);
