import type { SegmentId } from "../model/id.js";
import { copyOf, memoryOf, type ReplayState } from "../model/replay/replay-state.js";
import type { SegmentStore } from "../store/segment-store.js";
import type { Prefix } from "./prefix.js";

/** A log whose state takes less is replayed about as fast as it is looked up. In bytes. */
const STATE_BYTES_MIN = 64 * 1024;

/** What replaying the first entries of a segment gave. */
interface KeptState {
  readonly entryCount: number;
  /** Position of the last of them: as positions are never used again, it says whether they are still the same. */
  readonly lastPosition: number;
  /** Is not replayed onto any more: whoever goes on from it has a copy. */
  readonly state: ReplayState;
  readonly bytes: number;
}

/**
 * States that were replayed last, so that the next restore of the same segment, or of a fork of it, replays only what is
 * new. Kept in memory alone, one to a segment: what they are made of is in the store, and another version of replay
 * never meets them.
 */
export class KeptStates {
  readonly #store: Pick<SegmentStore, "positionOf">;
  readonly #bytesMax: number;
  readonly #kept = new Map<SegmentId, KeptState>();
  #bytes = 0;

  /** @param limits `keptStateBytesMax`: most bytes of all states together; 0 keeps none */
  constructor(store: Pick<SegmentStore, "positionOf">, limits: { readonly keptStateBytesMax: number }) {
    this.#store = store;
    this.#bytesMax = limits.keptStateBytesMax;
  }

  /** The state of as much of a prefix as is kept, to be replayed onto; undefined where nothing of it is. */
  async find(prefix: Prefix): Promise<{ readonly entryCount: number; readonly state: ReplayState } | undefined> {
    const kept = this.#kept.get(prefix.segmentId);
    if (kept === undefined) return undefined;
    if (!(await this.#isCurrent(prefix, kept))) {
      this.#drop(prefix.segmentId);
      return undefined;
    }
    if (kept.entryCount > prefix.entryCount) return undefined; // an earlier point of the same log
    return { entryCount: kept.entryCount, state: copyOf(kept.state) };
  }

  /** Keeps the state of a prefix, unless that of a longer one is there. It must not be replayed onto afterwards. */
  keep({ segmentId, entryCount, lastPosition }: Prefix, state: ReplayState): void {
    const bytes = memoryOf(state);
    if (bytes < STATE_BYTES_MIN || bytes > this.#bytesMax) return;
    if (entryCount < (this.#kept.get(segmentId)?.entryCount ?? 0)) return;
    this.#drop(segmentId);
    this.#kept.set(segmentId, { entryCount, lastPosition, state, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  /** Where nothing is new, the prefix itself says it; otherwise the store does. */
  async #isCurrent({ segmentId, entryCount, lastPosition }: Prefix, kept: KeptState): Promise<boolean> {
    if (kept.entryCount === entryCount) return kept.lastPosition === lastPosition;
    return (await this.#store.positionOf(segmentId, kept.entryCount - 1)) === kept.lastPosition;
  }

  #drop(segmentId: SegmentId): void {
    this.#bytes -= this.#kept.get(segmentId)?.bytes ?? 0;
    this.#kept.delete(segmentId);
  }
}
