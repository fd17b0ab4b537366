import type { Base, FinalSegment, Head, SeenEntry, TailMessage, TailScope } from "../history.js";

/** Something in the feed. */
type FeedItem =
  | { readonly type: "entry"; readonly entry: SeenEntry; isCut: boolean }
  | { readonly type: "cut"; readonly segmentId: string; readonly keptCount: number; readonly position: number };

interface Segment {
  readonly sessionId: string;
  readonly base: Base | undefined;
  readonly log: SeenEntry[];
}

/** What a store is said to do, in plain memory and one thing at a time. */
export class SimulatedStore {
  readonly #segments = new Map<string, Segment>();
  readonly #feed: FeedItem[] = [];
  #position = 0;

  get headPosition(): number {
    return this.#position;
  }

  get segmentIds(): readonly string[] {
    return [...this.#segments.keys()];
  }

  logOf(segmentId: string): readonly SeenEntry[] {
    return this.#segment(segmentId).log;
  }

  headOf(segmentId: string): Head {
    const { log } = this.#segment(segmentId);
    return { entryCount: log.length, headPosition: log.at(-1)?.position ?? 0 };
  }

  /** Opens a segment, in a session or on a prefix of another segment. */
  open(segmentId: string, from: { readonly sessionId: string } | { readonly base: Base }): void {
    const base = "base" in from ? from.base : undefined;
    const sessionId = "base" in from ? this.#segment(from.base.segmentId).sessionId : from.sessionId;
    this.#segments.set(segmentId, { sessionId, base, log: [] });
    this.#add({ segmentId, ...(base && { base }) });
  }

  append(segmentId: string, values: readonly string[]): void {
    for (const value of values) this.#add({ segmentId, value });
  }

  /** How many entries others need of a segment. */
  neededCount(segmentId: string): number {
    const bases = [...this.#segments.values()].flatMap(({ base }) => (base?.segmentId === segmentId ? [base.entryCount] : []));
    return Math.max(1, ...bases);
  }

  cut(segmentId: string, keptCount: number): number {
    const removed = this.#segment(segmentId).log.splice(keptCount);
    for (const item of this.#feed) if (item.type === "entry" && removed.includes(item.entry)) item.isCut = true;
    this.#feed.push({ type: "cut", segmentId, keptCount, position: ++this.#position });
    return removed.length;
  }

  /** The next message of a tail, of at most so many entries; undefined where there is none. */
  tailMessage(
    scope: TailScope,
    from: { readonly afterPosition: number; readonly entriesMax: number },
  ): Omit<TailMessage, "receivedNs"> | undefined {
    const entries: SeenEntry[] = [];
    for (const item of this.#feed) {
      const place = item.type === "cut" ? item : item.entry;
      if (place.position <= from.afterPosition || !this.#isIn(scope, place.segmentId) || (item.type === "entry" && item.isCut)) continue;
      if (item.type === "cut" && entries.length > 0) break;
      if (item.type === "cut") {
        return { position: item.position, event: { type: "truncated", segmentId: item.segmentId, entryCount: item.keptCount } };
      }
      entries.push(item.entry);
      if (entries.length === from.entriesMax) break;
    }
    const last = entries.at(-1);
    return last && { position: last.position, event: { type: "entries", entries } };
  }

  final(): readonly FinalSegment[] {
    return [...this.#segments].map(([segmentId, { sessionId, base, log }]) => ({
      segmentId,
      sessionId,
      ...this.headOf(segmentId),
      entries: [...log],
      ...(base && { base, inherited: this.#inherited(base) }),
    }));
  }

  #inherited({ segmentId, entryCount }: Base): readonly SeenEntry[] {
    const { base, log } = this.#segment(segmentId);
    return [...(base ? this.#inherited(base) : []), ...log.slice(0, entryCount)];
  }

  #add(entry: Omit<SeenEntry, "index" | "position">): void {
    const { log } = this.#segment(entry.segmentId);
    const placed: SeenEntry = { ...entry, index: log.length, position: ++this.#position };
    log.push(placed);
    this.#feed.push({ type: "entry", entry: placed, isCut: false });
  }

  #isIn(scope: TailScope, segmentId: string): boolean {
    if (scope.type === "store") return true;
    return scope.type === "segment" ? scope.segmentId === segmentId : this.#segment(segmentId).sessionId === scope.sessionId;
  }

  #segment(segmentId: string): Segment {
    const segment = this.#segments.get(segmentId);
    if (segment === undefined) throw new Error(`no segment ${segmentId}`);
    return segment;
  }
}
