import { SegmentClientError } from "../../client/client-error.js";
import type { ImportRequest } from "../import/import-requests.js";
import type { ClientContext } from "../with-client.js";
import { AppendUnits } from "./append-units.js";
import { DaemonRemovals } from "./daemon-removals.js";
import type { AppendedRuns, EntryRun, MirrorCopy, Removal, SegmentPlace, SyncedSegment } from "./mirror-copy.js";
import { type MirrorScope, segmentsIn, sessionsIn } from "./mirror-scope.js";
import { notInSource } from "./not-in-source.js";
import { ReadMark } from "./read-mark.js";
import { fromSource } from "./source-changed-error.js";
import { withoutPlace } from "./without-place.js";

/** Times that something in the way of a segment is moved before its refusal is believed. */
const TRIES_MAX = 8;

/** Both ends of a mirror into a daemon. */
export interface DaemonCopyParts {
  readonly source: ClientContext;
  readonly target: ClientContext & { readonly place: string; close(): void };
  readonly storeId: string;
  readonly scope: MirrorScope;
}

/** A copy in another daemon: ids, times and order as at the source, forks by reference. */
export class DaemonCopy implements MirrorCopy {
  readonly hasBases = true;
  readonly name: string;
  readonly storeId: string;
  readonly #source: ClientContext;
  readonly #target: DaemonCopyParts["target"];
  readonly #scope: MirrorScope;
  readonly #removals: DaemonRemovals;
  readonly #units: AppendUnits;

  constructor({ source, target, storeId, scope }: DaemonCopyParts) {
    this.name = `the store at ${target.place}`;
    this.storeId = storeId;
    this.#source = source;
    this.#target = target;
    this.#scope = scope;
    this.#removals = new DaemonRemovals(target);
    this.#units = new AppendUnits(target);
  }

  sessions(): AsyncIterable<string> {
    return sessionsIn(this.#target, this.#scope);
  }

  segments(): AsyncIterable<SegmentPlace> {
    return segmentsIn(this.#target, this.#scope);
  }

  segmentsOf(sessionId: string): AsyncIterable<SegmentPlace> {
    return segmentsIn(this.#target, { sessionId });
  }

  /** The target compares: it is given the whole log, and says where it differs. */
  async sync(place: SegmentPlace, removal: Removal): Promise<SyncedSegment> {
    const { client, signal } = this.#target;
    const removed: string[] = [];
    let addedCount = 0n;
    for (let tries = 1; ; tries++) {
      const mark = new ReadMark();
      try {
        const answer = await client.importSegment(requestsOf(this.#source, place, mark), { signal });
        addedCount += answer.addedCount;
        const { entryCount, lastPosition, lastTimeMs } = mark;
        const surplus = (answer.segment?.entryCount ?? 0n) - entryCount;
        if (surplus > 0n) removed.push(...(await this.#remove(place.segmentId, entryCount, removal)));
        return { entryCount, lastPosition, lastTimeMs, addedCount: Number(addedCount), leftOutCount: 0, removed };
      } catch (error) {
        if (tries === TRIES_MAX || !(error instanceof SegmentClientError)) throw error;
        removed.push(...(await this.#makeRoom(place.segmentId, error, removal)));
      }
    }
  }

  append(runs: readonly EntryRun[]): Promise<AppendedRuns> {
    return this.#units.append(runs);
  }

  cut(segmentId: string, entryCount: bigint): Promise<readonly string[]> {
    return this.#removals.cut(segmentId, entryCount);
  }

  async deleteSegment(segmentId: string): Promise<readonly string[]> {
    return (await this.#isInScope(segmentId)) ? this.#removals.deleteSegment(segmentId) : [];
  }

  deleteSession(sessionId: string): Promise<void> {
    return this.#removals.deleteSession(sessionId);
  }

  /** What a daemon has acknowledged is durable. */
  async flush(): Promise<void> {}

  close(): void {
    this.#target.close();
  }

  /** Whoever mirrors one session leaves a segment of the same id alone that another one has. */
  async #isInScope(segmentId: string): Promise<boolean> {
    if (this.#scope === "store") return true;
    const { client, signal } = this.#target;
    const { segments } = await client.listSegments({ sessionId: this.#scope.sessionId, idPrefix: segmentId }, { signal });
    return segments.length > 0;
  }

  /** Takes away what is in the way of a segment. */
  async #makeRoom(segmentId: string, refusal: SegmentClientError, removal: Removal): Promise<readonly string[]> {
    const { reason, metadata } = refusal;
    if (reason === "SEGMENT_DIFFERS") return this.#remove(segmentId, BigInt(metadata.index ?? "0"), removal);
    // In another session, from before the id was used again. What is out of this mirror's scope is not its to take away.
    if (reason !== "SEGMENT_EXISTS" || metadata.session_id === undefined || this.#scope !== "store") throw refusal;
    return this.#remove(segmentId, 0n, removal);
  }

  async #remove(segmentId: string, fromIndex: bigint, { mayRemove }: Removal): Promise<readonly string[]> {
    if (!mayRemove) throw notInSource(this.name, `entries of segment ${segmentId}`);
    return this.#removals.cut(segmentId, fromIndex);
  }
}

/** The log of a segment, from the source to an import. */
async function* requestsOf(
  { client, signal }: ClientContext,
  { sessionId, segmentId }: SegmentPlace,
  mark: ReadMark,
): AsyncGenerator<ImportRequest, void, undefined> {
  for await (const { entries } of fromSource(client.readEntries({ segmentId, fromIndex: 0n }, { signal }))) {
    mark.pass(entries);
    yield { sessionId, segmentId, entries: entries.map(withoutPlace) };
  }
}
