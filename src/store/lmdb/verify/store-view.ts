import type { SegmentId } from "../../../model/id.js";
import type { Reader } from "../engine.js";
import type { EntriesRecord } from "../tables/feed.js";
import { isCutOff, isGone, type Purge, removalOf } from "../tables/purges.js";
import { readHead, type SegmentHead } from "../tables/segment-heads.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { Scope } from "./scope.js";

/** What every check looks at. */
export class StoreView {
  readonly reader: Reader;
  readonly scope: Scope;
  readonly purges: readonly Purge[];
  /** Whether the store's format has namespaces. */
  readonly hasNamespaces: boolean;
  readonly #headCheck: Check;
  readonly #heads = new Map<SegmentId, SegmentHead | "missing" | "damaged">();

  /** @param of `headCheck` is told of heads that are damaged */
  constructor(
    reader: Reader,
    scope: Scope,
    of: { readonly purges: readonly Purge[]; readonly headCheck: Check; readonly hasNamespaces: boolean },
  ) {
    this.reader = reader;
    this.scope = scope;
    this.purges = of.purges;
    this.hasNamespaces = of.hasNamespaces;
    this.#headCheck = of.headCheck;
  }

  /** A segment's head. One that is damaged is told once, whoever asks. */
  headOf(segmentId: SegmentId): SegmentHead | "missing" | "damaged" {
    const known = this.#heads.get(segmentId);
    if (known !== undefined) return known;
    const read = reading(this.#headCheck, { segmentId }, () => readHead(this.reader, segmentId) ?? ("missing" as const)) ?? "damaged";
    this.#heads.set(segmentId, read);
    return read;
  }

  /** Whether a segment is being removed, so that not all of it needs to be there. */
  isGoing(head: SegmentHead): boolean {
    return isGone(this.purges, head);
  }

  /** Whether a segment is being removed by itself, not with its session. */
  isGoingAlone(head: SegmentHead): boolean {
    return removalOf(this.purges, head)?.type === "segment";
  }

  /** Whether a record waits to be removed. */
  isLeaving(record: EntriesRecord): boolean {
    if (isCutOff(this.purges, record)) return true;
    const head = this.headOf(record.segmentId);
    if (typeof head === "object") return this.isGoing(head);
    return this.purges.some((purge) => purge.type !== "session" && purge.segmentId === record.segmentId);
  }
}
