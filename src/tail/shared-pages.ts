import type { FeedPage, FeedRange } from "../store/feed.js";
import type { SegmentStore } from "../store/segment-store.js";

/** What a tail reads from. */
export type FeedSource = Pick<SegmentStore, "headPosition" | "readFeed">;

/** Most bytes of entries in the pages that are kept; their messages take as much again. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** Most pages that are kept. */
const KEPT_PAGES_MAX = 256;

/** A page that is there, or being read. */
interface KeptPage {
  readonly reading: Promise<FeedPage>;
  /** Of its entries; 0 until it is there. */
  bytes: number;
}

/**
 * A feed whose pages are read once for all who follow: who is woken by the same commit asks for the same page.
 *
 * A page is kept by where it begins, and given to whoever comes to there later. When something is cut off or deleted,
 * all are dropped: a tail that has read past a removal must not come to what stood behind it before.
 */
export class SharedPages implements FeedSource {
  readonly #source: FeedSource & Pick<SegmentStore, "feedEpoch">;
  readonly #kept = new Map<string, KeptPage>();
  #keptBytes = 0;
  #epoch: number | undefined;

  constructor(source: FeedSource & Pick<SegmentStore, "feedEpoch">) {
    this.#source = source;
  }

  get headPosition(): number {
    return this.#source.headPosition;
  }

  async readFeed(range: FeedRange): Promise<FeedPage> {
    const epoch = this.#source.feedEpoch;
    if (epoch !== this.#epoch) this.#begin(epoch);
    if (epoch === undefined) return this.#source.readFeed(range);

    const key = keyOf(range);
    const kept = this.#kept.get(key);
    // Not awaited where there is nothing: the next one would ask meanwhile, and read it too.
    if (kept === undefined) return this.#read(key, range);
    const page = await kept.reading;
    return page.position <= range.upToPosition ? page : this.#read(key, range);
  }

  #begin(epoch: number | undefined): void {
    this.#epoch = epoch;
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  /** Reads a page that others may ask for before it is there. */
  async #read(key: string, range: FeedRange): Promise<FeedPage> {
    const kept: KeptPage = { reading: this.#source.readFeed(range), bytes: 0 };
    this.#drop(key);
    this.#kept.set(key, kept);
    try {
      const page = await kept.reading;
      if (this.#kept.get(key) === kept) this.#weigh(kept, page);
      return page;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#drop(key);
      throw error;
    }
  }

  #weigh(kept: KeptPage, page: FeedPage): void {
    for (const item of page.items) if (item.type === "entries") kept.bytes += item.frames.length;
    this.#keptBytes += kept.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES_MAX && this.#kept.size <= KEPT_PAGES_MAX) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

/** Who is past the point from which events are told is like all who are. */
function keyOf({ scope, afterPosition, eventsAfterPosition, bytesMax }: FeedRange): string {
  const id = scope.type === "store" ? "" : scope.type === "session" ? scope.sessionId : `${scope.sessionId}/${scope.segmentId}`;
  return `${id} ${afterPosition} ${Math.max(afterPosition, eventsAfterPosition)} ${bytesMax}`;
}
