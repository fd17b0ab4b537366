import type { FeedPage, FeedRange, SegmentStore } from "../store/segment-store.js";

/** What a tail reads from. */
export type FeedSource = Pick<SegmentStore, "headPosition" | "readFeed">;

/** Most bytes of entries in the pages that are kept. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;

/** Most pages that are kept. */
const KEPT_PAGES_MAX = 256;

/**
 * A feed whose pages are read once for all who follow: who is woken by the same commit asks for the same page.
 *
 * A page is kept by where it begins, and given to whoever comes to there later. When something is cut off or deleted,
 * all are dropped: a tail that has read past a removal must not come to what stood behind it before.
 */
export class SharedPages implements FeedSource {
  readonly #source: FeedSource & Pick<SegmentStore, "feedEpoch">;
  readonly #kept = new Map<string, { readonly page: FeedPage; readonly bytes: number }>();
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
    const key = keyOf(range);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.page.position <= range.upToPosition) return kept.page;

    const page = await this.#source.readFeed(range);
    if (epoch !== undefined && this.#source.feedEpoch === epoch) this.#keep(key, page);
    return page;
  }

  #begin(epoch: number | undefined): void {
    this.#epoch = epoch;
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  #keep(key: string, page: FeedPage): void {
    const bytes = page.items.reduce((sum, item) => sum + (item.type === "entries" ? item.frames.length : 0), 0);
    this.#drop(key);
    this.#kept.set(key, { page, bytes });
    this.#keptBytes += bytes;
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
