import type { Reason } from "../../../src/model/errors.js";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import { REQUEST_ID_KEPT_MS } from "../../../src/model/limits.js";
import { type Sight, sees, WHOLE_SIGHT } from "../../../src/model/namespace.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import type { Precondition } from "../../../src/model/precondition.js";
import type { FeedEvent, FeedScope, ScopeFate } from "../../../src/store/feed.js";
import type { Base, Origin, Point, SegmentInfo, SessionInfo } from "../../../src/store/segment-info.js";
import type {
  AppendParams,
  AppendResult,
  CompactSegmentParams,
  CreateSegmentParams,
  EnsureHeadParams,
  EnsureHeadResult,
  ForkOpening,
  ForkSegmentParams,
  ImportUnitParams,
  TruncateResult,
} from "../../../src/store/store-writes.js";
import { type FeedThing, frameBytes, type StoredEntry, storedBytes } from "../contract/whole-reads.js";
import { answerText } from "../contract/writes.js";

/** What the model refuses, by the reason that the store has to give. */
export class Refusal extends Error {
  constructor(
    readonly reason: Reason,
    readonly head?: SegmentInfo,
  ) {
    super(reason);
  }
}

interface ModelSegment {
  readonly info: Omit<
    SegmentInfo,
    "entryCount" | "openingCount" | "headPosition" | "turnCount" | "lastRunInterrupted" | "byteSize" | "traceByteSize" | "updateMs"
  >;
  entries: (StoredEntry & { readonly entry: NewEntry; readonly commitMs: number })[];
  readonly traces: string[];
}

const START = 4;
const HISTORY = 17;

/** A SegmentStore in plain memory: what the real one has to agree with, answer for answer and reason for reason. */
export class StoreModel {
  readonly sessions = new Map<SessionId, { readonly createMs: number; readonly namespace: string }>();
  readonly segments = new Map<SegmentId, ModelSegment>();
  readonly events: FeedEvent[] = [];
  /** The events with which each segment went. */
  readonly #deletions = new Map<SegmentId, FeedEvent[]>();
  readonly #answers = new Map<string, { readonly content: string; readonly answer: string; readonly timeMs: number }>();
  /** Of who asks next. */
  sight: Sight = WHOLE_SIGHT;
  headPosition = 0;
  nowMs = 1_000_000;

  constructor(readonly forkDepthMax: number) {}

  /** Writes once for a request id. */
  once(request: { readonly id: string; readonly content: string } | undefined, write: () => unknown): unknown {
    const key = request && `${this.sight.seesAll ? "*" : this.sight.namespace} ${request.id}`;
    const known = key && this.#answers.get(key);
    if (request && known && known.timeMs + REQUEST_ID_KEPT_MS > this.nowMs) {
      if (known.content !== request.content) throw new Refusal("REQUEST_ID_REUSED");
      return { replayed: true, answer: known.answer };
    }
    const before = this.headPosition;
    const result = write();
    if (request && key && this.headPosition > before)
      this.#answers.set(key, { content: request.content, answer: answerText(result), timeMs: this.nowMs });
    return { replayed: false, result };
  }

  create({ sessionId, segmentId, session, opening }: CreateSegmentParams): SegmentInfo {
    this.#checkNew(segmentId);
    const isSeen = this.#seenSession(sessionId) !== undefined;
    if (session === "existing" && !isSeen) throw new Refusal("SESSION_NOT_FOUND");
    if (this.sessions.has(sessionId) && (session === "new" || !isSeen)) throw new Refusal("SESSION_EXISTS");
    return this.#add({ sessionId, segmentId, depth: 0 }, opening);
  }

  compact({ sourceId, segmentId, atTurn, precondition, opening }: CompactSegmentParams): SegmentInfo {
    const source = this.info(sourceId);
    if (!isAsBelieved(source, precondition)) throw new Refusal("HEAD_MISMATCH", source);
    this.#checkNew(segmentId);
    const compactedFrom = { segmentId: sourceId, atTurn: atTurn ?? source.turnCount };
    return this.#add({ sessionId: source.sessionId, segmentId, compactedFrom, depth: 0 }, opening(source.sessionId, compactedFrom));
  }

  fork({ sourceId, segmentId, at, opening }: ForkSegmentParams): SegmentInfo {
    const { openingCount } = this.info(sourceId);
    const { entryCount } = this.point(sourceId, at);
    if (entryCount < openingCount) throw new Refusal("INVALID_FIELD");
    return this.#fork({ source: sourceId, entryCount, segmentId, opening, atTurn: at.turn });
  }

  ensureHead(params: EnsureHeadParams): EnsureHeadResult {
    const source = this.info(params.segmentId);
    const { entriesWritten, atTurn, newSegmentId, opening } = params;
    if (source.entryCount === entriesWritten) return { segment: source, forked: false };
    if (opening !== undefined) {
      this.#checkNew(newSegmentId);
      const forkedFrom = { segmentId: params.segmentId, atTurn };
      const { sessionId } = source;
      return {
        segment: this.#add({ sessionId, segmentId: newSegmentId, forkedFrom, depth: 0 }, opening(sessionId, forkedFrom)),
        forked: true,
      };
    }
    if (entriesWritten < source.openingCount || entriesWritten > source.entryCount) throw new Refusal("PAST_HEAD");
    const fork = { source: params.segmentId, entryCount: entriesWritten, segmentId: newSegmentId, opening: params.forkOpening, atTurn };
    return { segment: this.#fork(fork), forked: true };
  }

  append({ segmentId, entries, precondition, onConflict }: AppendParams): AppendResult {
    const head = this.info(segmentId);
    const forked = !isAsBelieved(head, precondition);
    const { entryCount = 0, headPosition } = precondition;
    if (forked) {
      const at = this.segments.get(segmentId)?.entries[entryCount - 1]?.position;
      const canBe = entryCount >= head.openingCount && at !== undefined && (headPosition === undefined || headPosition === at);
      if (!onConflict.fork || !canBe) throw new Refusal("HEAD_MISMATCH", head);
      this.#fork({ source: segmentId, entryCount, segmentId: onConflict.newSegmentId, opening: onConflict.opening, atTurn: undefined });
    }
    const target = forked && onConflict.fork ? onConflict.newSegmentId : segmentId;
    const grown = this.#grow(target, entries);
    return {
      segmentId: target,
      firstIndex: grown.entryCount - entries.length,
      entryCount: grown.entryCount,
      headPosition: grown.headPosition,
      forked,
    };
  }

  truncate(params: { readonly segmentId: SegmentId; readonly entryCount: number; readonly precondition: Precondition }): TruncateResult {
    const { segmentId, entryCount, precondition } = params;
    const head = this.info(segmentId);
    if (!isAsBelieved(head, precondition)) throw new Refusal("HEAD_MISMATCH", head);
    if (entryCount < head.openingCount) throw new Refusal("INVALID_FIELD");
    if (entryCount > head.entryCount) throw new Refusal("PAST_HEAD");
    if (entryCount === head.entryCount) return { segment: head, removedCount: 0 };
    if (this.#neededCount(segmentId) > entryCount) throw new Refusal("HAS_DEPENDENTS");
    const kept = this.segments.get(segmentId);
    if (kept) kept.entries = kept.entries.slice(0, entryCount);
    const { namespace, sessionId } = head;
    this.events.push({ type: "segmentTruncated", position: ++this.headPosition, namespace, sessionId, segmentId, entryCount });
    return { segment: this.info(segmentId), removedCount: head.entryCount - entryCount };
  }

  deleteSegment(segmentId: SegmentId): void {
    const { namespace, sessionId } = this.info(segmentId);
    if (this.#neededCount(segmentId) > 0) throw new Refusal("HAS_DEPENDENTS");
    this.#gone({ type: "segmentDeleted", position: ++this.headPosition, namespace, sessionId, segmentId }, [segmentId]);
  }

  deleteSession(sessionId: SessionId): { readonly segmentCount: number } {
    const { namespace } = this.session(sessionId);
    this.sessions.delete(sessionId);
    const mine = this.list().filter((info) => info.sessionId === sessionId);
    const event = { type: "sessionDeleted", position: ++this.headPosition, namespace, sessionId } as const;
    this.#gone(
      event,
      mine.map(({ segmentId }) => segmentId),
    );
    return { segmentCount: mine.length };
  }

  importUnit({ sessionId, segmentId, fromIndex, entries, lineage = {} }: ImportUnitParams): SegmentInfo {
    if (fromIndex > 0) {
      const head = this.info(segmentId);
      if (head.sessionId !== sessionId) throw new Refusal("SEGMENT_EXISTS");
      if (head.entryCount !== fromIndex) throw new Refusal("HEAD_MISMATCH", head);
      return this.#grow(segmentId, entries);
    }
    this.#checkNew(segmentId);
    if (this.sessions.has(sessionId) && this.#seenSession(sessionId) === undefined) throw new Refusal("SESSION_EXISTS");
    const { base } = lineage;
    const source = base && this.isSeen(base.segmentId) ? this.info(base.segmentId) : undefined;
    const isThere = source?.sessionId === sessionId && base !== undefined && source.entryCount >= base.entryCount;
    if (base && (!isThere || base.entryCount < source.openingCount)) throw new Refusal("BASE_NOT_FOUND");
    const depth = source ? source.depth + 1 : 0;
    if (depth > this.forkDepthMax) throw new Refusal("FORK_TOO_DEEP");
    return this.#add({ sessionId, segmentId, depth, ...lineage }, entries);
  }

  appendTrace(segmentId: SegmentId, records: readonly string[]): number {
    this.info(segmentId);
    return this.segments.get(segmentId)?.traces.push(...records) ?? 0;
  }

  /** A segment as it is, all of it worked out from its entries. */
  info(segmentId: SegmentId): SegmentInfo {
    const segment = this.segments.get(segmentId);
    if (segment === undefined || !this.isSeen(segmentId)) throw new Refusal("SEGMENT_NOT_FOUND");
    const { info, entries, traces } = segment;
    const behindOpening = entries.findIndex(({ entry }, i) => entry.kind !== (i === 0 ? START : HISTORY));
    return {
      ...info,
      entryCount: entries.length,
      openingCount: behindOpening === -1 ? entries.length : behindOpening,
      headPosition: entries.at(-1)?.position ?? 0,
      turnCount: entries.findLast(({ entry }) => entry.turnCount !== undefined)?.entry.turnCount ?? 0n,
      lastRunInterrupted: entries.findLast(({ entry }) => entry.isInterrupted !== undefined)?.entry.isInterrupted ?? false,
      byteSize: entries.reduce((sum, { bytes }) => sum + frameBytes(bytes), 0),
      traceByteSize: traces.reduce((sum, hex) => sum + hex.length / 2, 0),
      updateMs: entries.at(-1)?.commitMs ?? info.createMs,
    };
  }

  /** Whether a segment is there for who asks. */
  isSeen(segmentId: SegmentId): boolean {
    const segment = this.segments.get(segmentId);
    return segment !== undefined && sees(this.sight, segment.info.namespace);
  }

  /** Sessions by id, descending, of one namespace or of all. */
  listSessions(namespace: string | undefined): readonly SessionInfo[] {
    const seen = [...this.sessions.keys()].filter((sessionId) => this.#seenSession(sessionId) !== undefined);
    const all = seen.sort().reverse();
    return all.map((sessionId) => this.session(sessionId)).filter((info) => namespace === undefined || info.namespace === namespace);
  }

  /** What a namespace takes up. */
  use(namespace: string): { readonly sessionCount: number; readonly byteSize: number } {
    const mine = this.list().filter((info) => info.namespace === namespace);
    return {
      sessionCount: this.listSessions(namespace).length,
      byteSize: mine.reduce((sum, { byteSize, traceByteSize }) => sum + byteSize + traceByteSize, 0),
    };
  }

  session(sessionId: SessionId): SessionInfo {
    const session = this.#seenSession(sessionId);
    if (session === undefined) throw new Refusal("SESSION_NOT_FOUND");
    const { createMs, namespace } = session;
    const mine = this.list().filter((info) => info.sessionId === sessionId);
    return {
      sessionId,
      namespace,
      createMs,
      updateMs: Math.max(createMs, ...mine.map(({ updateMs }) => updateMs)),
      segmentCount: mine.length,
      entryCount: mine.reduce((sum, { entryCount }) => sum + entryCount, 0),
      headSegmentId: mine.sort((a, b) => b.headPosition - a.headPosition)[0]?.segmentId,
    };
  }

  /** All segments, by id, descending. */
  list(): readonly SegmentInfo[] {
    return [...this.segments.keys()]
      .filter((segmentId) => this.isSeen(segmentId))
      .sort()
      .reverse()
      .map((segmentId) => this.info(segmentId));
  }

  point(segmentId: SegmentId, at: Point): { readonly segment: SegmentInfo; readonly entryCount: number; readonly lastPosition: number } {
    const segment = this.info(segmentId);
    const entries = this.segments.get(segmentId)?.entries ?? [];
    const ends = entries.findIndex(({ entry }) => entry.turnCount === at.turn && at.turn !== undefined) + 1;
    const atTurn = at.turn === undefined ? segment.entryCount : at.turn === 0n ? segment.openingCount : ends;
    if (at.entryCount === undefined && atTurn === 0 && at.onMissingTurn === "fail") throw new Refusal("TURN_NOT_FOUND");
    const entryCount = at.entryCount ?? (atTurn || segment.entryCount);
    const last = entries[entryCount - 1];
    if (last === undefined) throw new Refusal("PAST_HEAD");
    return { segment, entryCount, lastPosition: last.position };
  }

  feed(scope: FeedScope, from: { readonly afterPosition: number; readonly eventsAfterPosition: number }): readonly FeedThing[] {
    const isInScope = (namespace: string) => sees(this.sight, namespace) && (scope.type !== "namespace" || scope.namespace === namespace);
    const seen = [...this.segments.values()].filter(({ info }) => isInScope(info.namespace));
    const entries = seen.flatMap((each) => each.entries.map(({ entry: _, commitMs: __, ...stored }) => stored));
    const events = this.events.filter(({ position, namespace }) => position > from.eventsAfterPosition && isInScope(namespace));
    const isIn = (thing: FeedThing) =>
      !("sessionId" in scope) ||
      (thing.sessionId === scope.sessionId && (scope.type === "session" || !("segmentId" in thing) || thing.segmentId === scope.segmentId));
    return [...entries, ...events]
      .filter((thing) => thing.position > from.afterPosition && isIn(thing))
      .sort((a, b) => a.position - b.position);
  }

  fate(scope: FeedScope): ScopeFate {
    if (!("sessionId" in scope)) return { exists: true, deletion: undefined };
    if (scope.type === "session") {
      const isMine = (event: FeedEvent) => event.type === "sessionDeleted" && event.sessionId === scope.sessionId;
      return { exists: this.#seenSession(scope.sessionId) !== undefined, deletion: this.#lastSeen(this.events.filter(isMine)) };
    }
    const { sessionId, segmentId } = scope;
    const event = this.#lastSeen(this.#deletions.get(segmentId) ?? []);
    // That it went with a session of which it is not asked is told as its own deletion, in that session.
    const isElsewhere = event?.type === "sessionDeleted" && event.sessionId !== sessionId;
    const deletion = isElsewhere ? ({ ...event, type: "segmentDeleted", segmentId } as const) : event;
    return { exists: this.isSeen(segmentId) && this.segments.get(segmentId)?.info.sessionId === sessionId, deletion };
  }

  #seenSession(sessionId: SessionId): { readonly createMs: number; readonly namespace: string } | undefined {
    const session = this.sessions.get(sessionId);
    return session !== undefined && sees(this.sight, session.namespace) ? session : undefined;
  }

  #lastSeen(events: readonly FeedEvent[]): FeedEvent | undefined {
    return events.findLast((event) => sees(this.sight, event.namespace));
  }

  /** Tells an event with which segments went. */
  #gone(event: FeedEvent, segmentIds: readonly SegmentId[]): void {
    this.events.push(event);
    for (const segmentId of segmentIds) {
      this.segments.delete(segmentId);
      this.#deletions.set(segmentId, [...(this.#deletions.get(segmentId) ?? []), event]);
    }
  }

  #checkNew(segmentId: SegmentId): void {
    if (this.segments.has(segmentId)) throw new Refusal("SEGMENT_EXISTS");
  }

  #fork(fork: {
    readonly source: SegmentId;
    readonly entryCount: number;
    readonly segmentId: SegmentId;
    readonly opening: ForkOpening;
    readonly atTurn: bigint | undefined;
  }): SegmentInfo {
    const { sessionId, depth } = this.info(fork.source);
    if (depth + 1 > this.forkDepthMax) throw new Refusal("FORK_TOO_DEEP");
    this.#checkNew(fork.segmentId);
    const prefix = this.segments.get(fork.source)?.entries.slice(0, fork.entryCount) ?? [];
    const atTurn = fork.atTurn ?? prefix.findLast(({ entry }) => entry.turnCount !== undefined)?.entry.turnCount ?? 0n;
    const forkedFrom: Origin = { segmentId: fork.source, atTurn };
    const base: Base = { segmentId: fork.source, entryCount: fork.entryCount };
    return this.#add({ sessionId, segmentId: fork.segmentId, forkedFrom, base, depth: depth + 1 }, [
      fork.opening({ sessionId, forkedFrom, base }),
    ]);
  }

  #add(lineage: Partial<SegmentInfo> & Pick<SegmentInfo, "sessionId" | "segmentId" | "depth">, entries: readonly NewEntry[]): SegmentInfo {
    const { sessionId, segmentId } = lineage;
    const { namespace } = this.sessions.get(sessionId) ?? this.sight;
    if (!this.sessions.has(sessionId)) this.sessions.set(sessionId, { createMs: this.nowMs, namespace });
    const none = { forkedFrom: undefined, compactedFrom: undefined, base: undefined };
    this.segments.set(segmentId, { info: { ...none, createMs: this.nowMs, ...lineage, namespace }, entries: [], traces: [] });
    return this.#grow(segmentId, entries);
  }

  #grow(segmentId: SegmentId, added: readonly NewEntry[]): SegmentInfo {
    const { sessionId } = this.info(segmentId);
    const entries = this.segments.get(segmentId)?.entries ?? [];
    for (const entry of added) {
      const place = { index: entries.length, position: ++this.headPosition, timeMs: this.nowMs };
      const { index, position } = place;
      entries.push({ entry, commitMs: this.nowMs, sessionId, segmentId, index, position, bytes: storedBytes(entry, place) });
    }
    return this.info(segmentId);
  }

  #neededCount(segmentId: SegmentId): number {
    const bases = [...this.segments.values()].map(({ info }) => info.base).filter((base) => base?.segmentId === segmentId);
    return Math.max(0, ...bases.map((base) => base?.entryCount ?? 0));
  }
}

function isAsBelieved(head: SegmentInfo, { entryCount = head.entryCount, headPosition = head.headPosition }: Precondition): boolean {
  return entryCount === head.entryCount && headPosition === head.headPosition;
}
