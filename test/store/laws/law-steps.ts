import { type Sight, WHOLE_SIGHT } from "../../../src/model/namespace.js";
import type { Precondition } from "../../../src/model/precondition.js";
import type { FeedScope } from "../../../src/store/feed.js";
import type { Point, SegmentInfo } from "../../../src/store/segment-info.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { AppendParams, ImportUnitParams, Outcome, Remembered } from "../../../src/store/store-writes.js";
import { forkOpening, openingOf, segment, session } from "../contract/sample-entries.js";
import type { StoreUnderTest } from "../contract/store-under-test.js";
import { readAll, readFeedWhole } from "../contract/whole-reads.js";
import { answerText, remember } from "../contract/writes.js";
import { type At, type Belief, type Command, SIGHTS } from "./commands.js";
import { meant } from "./meant.js";
import type { StoreModel } from "./model.js";

/** Both sides of one step. */
export interface Step {
  readonly inModel: () => unknown;
  readonly inStore: () => Promise<unknown>;
}

/** A command that is asked of both sides. */
type Question = Exclude<Command, { readonly type: "restart" | "wait" }>;

/** Makes of commands what is asked of the store and of the model: who and what they mean is told from how the model is. */
export class LawSteps {
  readonly #stores: StoreUnderTest;
  readonly #model: StoreModel;
  readonly #asked: Step[] = [];
  #sight = WHOLE_SIGHT;

  constructor(stores: StoreUnderTest, model: StoreModel) {
    this.#stores = stores;
    this.#model = model;
  }

  /** Undefined for a retry where there was nothing yet. */
  stepOf(asked: Question): Step | undefined {
    if (asked.type === "retry") return this.#asked.at(-1 - asked.back);
    const command = meant(asked, this.#model);
    const isWrite = "request" in command || command.type === "import" || command.type === "trace";
    const step = this.#askedBy(SIGHTS[command.sight] ?? WHOLE_SIGHT, isWrite ? this.#writeOf(command) : this.#readOf(command));
    if (isWrite) this.#asked.push(step);
    return step;
  }

  /** Both sides see what who asks does; the store that a step asks is looked up as it begins. */
  #askedBy(sight: Sight, { inModel, inStore }: Step): Step {
    return {
      inModel: () => {
        this.#model.sight = sight;
        return inModel();
      },
      inStore: () => {
        this.#sight = sight;
        return inStore();
      },
    };
  }

  #writeOf(command: Extract<Command, { readonly request: unknown } | { readonly type: "import" | "trace" }>): Step {
    const model = this.#model;
    switch (command.type) {
      case "create": {
        const sessionId = session(command.session);
        const params = {
          sessionId,
          segmentId: segment(command.segment),
          session: command.rule,
          opening: openingOf(sessionId, command.history),
        };
        return this.#remembered(
          command,
          params,
          () => model.create(params),
          (id) => this.#store.createSegment(params, id),
        );
      }
      case "compact": {
        const sourceId = segment(command.segment);
        const opening = openingFor;
        const params = {
          sourceId,
          segmentId: segment(command.target),
          atTurn: command.atTurn,
          precondition: this.#believed(command.segment, command.belief),
          opening,
        };
        return this.#remembered(
          command,
          params,
          () => model.compact(params),
          (id) => this.#store.compactSegment(params, id),
        );
      }
      case "fork": {
        const params = {
          sourceId: segment(command.segment),
          segmentId: segment(command.target),
          at: this.#point(command.segment, command.at),
          opening: forkOpening,
        };
        return this.#remembered(
          command,
          params,
          () => model.fork(params),
          (id) => this.#store.forkSegment(params, id),
        );
      }
      case "ensureHead": {
        const entriesWritten = Math.max(0, this.#countOf(command.segment) + command.offset);
        const opening = command.withState ? openingFor : undefined;
        const params = {
          segmentId: segment(command.segment),
          entriesWritten,
          atTurn: 3n,
          newSegmentId: segment(command.target),
          opening,
          forkOpening,
        };
        return this.#remembered(
          command,
          params,
          () => model.ensureHead(params),
          (id) => this.#store.ensureHeadOrFork(params, id),
        );
      }
      case "append": {
        const { target, entries } = command;
        const onConflict: AppendParams["onConflict"] =
          target === undefined ? { fork: false } : { fork: true, newSegmentId: segment(target), opening: forkOpening };
        const params = {
          segmentId: segment(command.segment),
          entries,
          precondition: this.#believed(command.segment, command.belief),
          onConflict,
        };
        return this.#remembered(
          command,
          params,
          () => model.append(params),
          (id) => this.#store.append(params, id),
        );
      }
      case "truncate": {
        const params = {
          segmentId: segment(command.segment),
          entryCount: Math.max(0, this.#countOf(command.segment) - command.cut),
          precondition: this.#believed(command.segment, command.belief),
        };
        return this.#remembered(
          command,
          params,
          () => model.truncate(params),
          (id) => this.#store.truncateSegment(params, id),
        );
      }
      case "deleteSegment": {
        const segmentId = segment(command.segment);
        return this.#remembered(
          command,
          segmentId,
          () => model.deleteSegment(segmentId),
          (id) => this.#store.deleteSegment({ segmentId }, id),
        );
      }
      case "deleteSession": {
        const sessionId = session(command.session);
        return this.#remembered(
          command,
          sessionId,
          () => model.deleteSession(sessionId),
          (id) => this.#store.deleteSession({ sessionId }, id),
        );
      }
      case "import": {
        const params = this.#importOf(command);
        return { inModel: () => model.importUnit(params), inStore: () => this.#store.importUnit(params) };
      }
      case "trace": {
        const segmentId = segment(command.segment);
        const records = Array.from({ length: command.count }, (_, i) => Buffer.from([0x0a, 0, 0x10, i]));
        return {
          inModel: () =>
            model.appendTrace(
              segmentId,
              records.map((bytes) => bytes.toString("hex")),
            ),
          inStore: () =>
            this.#store.appendTrace(
              segmentId,
              records.map((bytes) => ({ bytes, hasTime: true })),
            ),
        };
      }
      default:
        return command satisfies never;
    }
  }

  #readOf(command: Extract<Command, { readonly type: "readEntries" | "readFeed" | "point" | "lists" }>): Step {
    const model = this.#model;
    switch (command.type) {
      case "readEntries": {
        const segmentId = segment(command.segment);
        const { fromIndex, backward, bytesMax } = command;
        const toIndex = fromIndex + command.count;
        return {
          inModel: () => {
            model.info(segmentId);
            const part = (model.segments.get(segmentId)?.entries ?? []).slice(fromIndex, toIndex).map(({ bytes }) => bytes);
            return backward ? part.reverse() : part;
          },
          inStore: async () =>
            (await readAll(this.#store, segmentId, { fromIndex, toIndex, backward, bytesMax })).map(({ bytes }) => bytes),
        };
      }
      case "readFeed": {
        const scope = scopeOf(command.scope, command.session, command.segment);
        const from = { afterPosition: Math.min(command.after, model.headPosition), eventsAfterPosition: command.eventsAfter };
        return {
          inModel: () => model.feed(scope, from),
          inStore: () => readFeedWhole(this.#store, scope, { ...from, bytesMax: command.bytesMax }),
        };
      }
      case "point": {
        const segmentId = segment(command.segment);
        const at = this.#point(command.segment, command.at);
        return { inModel: () => model.point(segmentId, at), inStore: () => this.#store.resolvePoint(segmentId, at) };
      }
      case "lists": {
        const { limit } = command;
        const [before, from] = [segment(command.before), segment(command.from)];
        const ofSession = command.session === undefined ? {} : { sessionId: session(command.session) };
        const isIn = (info: SegmentInfo) =>
          info.segmentId < before &&
          info.segmentId >= from &&
          (command.session === undefined || info.sessionId === session(command.session));
        return {
          inModel: () => model.list().filter(isIn).slice(0, limit),
          inStore: () => this.#store.listSegments({ before, from, limit, ...ofSession }),
        };
      }
      default:
        return command satisfies never;
    }
  }

  /** A write that may carry a request id: its content is what it asks for. */
  #remembered(
    command: Extract<Command, { readonly request: unknown }>,
    params: unknown,
    inModel: () => unknown,
    inStore: (remembered: Remembered<unknown> | undefined) => Promise<Outcome<unknown>>,
  ): Step {
    const content = answerText([command.type, params]);
    const request = command.request === undefined ? undefined : { id: `request ${command.request}`, content };
    const remembered = request && { ...remember(request.id), digest: digestOf(content) };
    return {
      inModel: () => this.#model.once(request, inModel),
      inStore: async () => {
        const outcome = await inStore(remembered);
        return outcome.replayed ? { replayed: true, answer: Buffer.from(outcome.answer).toString() } : outcome;
      },
    };
  }

  #importOf(command: Extract<Command, { readonly type: "import" }>): ImportUnitParams {
    const sessionId = session(command.session);
    const ids = { sessionId, segmentId: segment(command.segment) };
    if (command.offset !== undefined) {
      return { ...ids, fromIndex: Math.max(1, this.#countOf(command.segment) + command.offset), entries: command.entries };
    }
    const base = command.base === undefined ? {} : { base: { segmentId: segment(command.base), entryCount: command.baseKeep } };
    return { ...ids, fromIndex: 0, entries: [...openingOf(sessionId, 1), ...command.entries], lineage: base };
  }

  #believed(n: number, belief: Belief): Precondition {
    const entries = this.#model.segments.get(segment(n))?.entries ?? [];
    const entryCount = belief.entryCount === undefined ? undefined : Math.max(0, entries.length + belief.entryCount);
    const position = entries[(entryCount ?? entries.length) - 1]?.position ?? 0;
    return {
      ...(entryCount !== undefined && { entryCount }),
      ...(belief.headPosition !== "unset" && { headPosition: belief.headPosition === "right" ? position : position + 1 }),
    };
  }

  #point(n: number, { turn, countBack, onMissingTurn }: At): Point {
    const entryCount = countBack === undefined ? undefined : Math.max(0, this.#countOf(n) - countBack);
    return { onMissingTurn, ...(turn !== undefined && { turn }), ...(entryCount !== undefined && { entryCount }) };
  }

  #countOf(n: number): number {
    return this.#model.segments.get(segment(n))?.entries.length ?? 0;
  }

  get #store(): SegmentStore {
    return this.#stores.store.seenBy(this.#sight);
  }
}

/** The scope of a feed, by number of session and segment. */
export function scopeOf(type: Exclude<FeedScope["type"], "namespace">, n: number, m: number): FeedScope {
  if (type === "store") return { type };
  const sessionId = session(n);
  return type === "session" ? { type, sessionId } : { type, sessionId, segmentId: segment(m) };
}

function openingFor(sessionId: Parameters<typeof openingOf>[0]) {
  return openingOf(sessionId, 1);
}

/** Two contents of one digest would look like a reuse that was not noticed. */
function digestOf(content: string): Buffer {
  const digest = Buffer.alloc(16);
  let hash = 0n;
  for (const char of content) hash = (hash * 0x100000001b3n + BigInt(char.codePointAt(0) ?? 0)) & (2n ** 64n - 1n);
  digest.writeBigUInt64LE(hash);
  return digest;
}
