import { type Sight, sightKey, WHOLE_SIGHT } from "../model/namespace.js";
import type { FeedPage, FeedRange, FeedScope } from "../store/feed.js";
import type { SegmentStore } from "../store/segment-store.js";

/** What a tail reads from. */
export type FeedSource = Pick<SegmentStore, "headPosition" | "readFeed">;

/** A source whose pages are shared by all who read the same, seeing the same. */
export interface SharedFeed extends FeedSource {
  /**
   * The same feed as a caller has it.
   *
   * @param source the store as seen by the caller: what pages are read from
   */
  seenBy(sight: Sight, source: Pick<SegmentStore, "readFeed">): SharedFeed;
}

/** Most bytes of entries in the pages that are kept; their messages take as much again. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** Most pages that are kept. */
const KEPT_PAGES_MAX = 256;

/** Of those who see all. */
const WHOLE_KEY = sightKey(WHOLE_SIGHT);

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
export class SharedPages implements SharedFeed {
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

  readFeed(range: FeedRange): Promise<FeedPage> {
    return this.#readFor(WHOLE_KEY, this.#source, range);
  }

  seenBy(sight: Sight, source: Pick<SegmentStore, "readFeed">): SharedFeed {
    const pages = this;
    const seen = sightKey(sight);
    return {
      get headPosition() {
        return pages.headPosition;
      },
      readFeed: (range) => pages.#readFor(seen, source, range),
      seenBy: (otherSight, otherSource) => pages.seenBy(otherSight, otherSource),
    };
  }

  async #readFor(seen: string, source: Pick<SegmentStore, "readFeed">, range: FeedRange): Promise<FeedPage> {
    const epoch = this.#source.feedEpoch;
    if (epoch !== this.#epoch) this.#begin(epoch);
    if (epoch === undefined) return source.readFeed(range);

    const key = `${seen} ${keyOf(range)}`;
    const read = () => this.#read(key, source.readFeed(range));
    const kept = this.#kept.get(key);
    // Not awaited where there is nothing: the next one would ask meanwhile, and read it too.
    if (kept === undefined) return read();
    const page = await kept.reading;
    return page.position <= range.upToPosition ? page : read();
  }

  #begin(epoch: number | undefined): void {
    this.#epoch = epoch;
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  /** Reads a page that others may ask for before it is there. */
  async #read(key: string, reading: Promise<FeedPage>): Promise<FeedPage> {
    const kept: KeptPage = { reading, bytes: 0 };
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
  return `${idOf(scope)} ${afterPosition} ${Math.max(afterPosition, eventsAfterPosition)} ${bytesMax}`;
}

function idOf(scope: FeedScope): string {
  switch (scope.type) {
    case "store":
      return "";
    case "namespace":
      return `/${scope.namespace}`;
    case "session":
      return scope.sessionId;
    case "segment":
      return `${scope.sessionId}/${scope.segmentId}`;
    default:
      return scope satisfies never;
  }
}
