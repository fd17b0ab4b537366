import type { ImportSegmentResponse } from "../../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../client/client-error.js";
import type { ImportRequest } from "../import/import-requests.js";
import type { ClientContext } from "../with-client.js";
import { AppendUnits } from "./append-units.js";
import { DaemonRemovals } from "./daemon-removals.js";
import type { AppendedRuns, EntryRun, MirrorCopy, Removal, SegmentPlace, SyncedSegment } from "./mirror-copy.js";
import { type MirrorScope, segmentsIn, sessionsIn } from "./mirror-scope.js";
import { notInSource } from "./not-in-source.js";
import type { CopyTarget } from "./open-target.js";
import { ReadMark } from "./read-mark.js";
import { assertSameStore } from "./replaced-error.js";
import { fromSource } from "./source-changed-error.js";
import { STATUS_WITHIN_MS, StallWatch, unlessStalled } from "./stall-watch.js";
import { withoutPlace } from "./without-place.js";

/** Times that something in the way of a segment is moved before its refusal is believed. */
const TRIES_MAX = 8;

/** How long an import may take over one message, in milliseconds: at the end a target makes the whole segment durable. */
const IMPORT_SILENT_MS = 60_000;

/** How long one who is interrupted waits for the target to say which store it is, in milliseconds. */
const LAST_ANSWER_WITHIN_MS = 2000;

/** Both ends of a mirror into a daemon. */
export interface DaemonCopyParts {
  readonly source: ClientContext;
  readonly target: CopyTarget;
  readonly scope: MirrorScope;
}

/** A copy in another daemon: ids, times and order as at the source, forks by reference. */
export class DaemonCopy implements MirrorCopy {
  readonly hasBases = true;
  readonly name: string;
  readonly storeId: string;
  readonly id = undefined;
  readonly #source: ClientContext;
  readonly #target: DaemonCopyParts["target"];
  readonly #scope: MirrorScope;
  readonly #removals: DaemonRemovals;
  readonly #units: AppendUnits;

  constructor({ source, target, scope }: DaemonCopyParts) {
    this.name = `the store at ${target.place}`;
    this.storeId = target.storeId;
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
    const removed: string[] = [];
    let addedCount = 0n;
    for (let tries = 1; ; tries++) {
      const mark = new ReadMark();
      try {
        const answer = await this.#import(place, mark);
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

  async assertStillThere(): Promise<void> {
    const { client, signal } = this.#target;
    // Whoever is interrupted still wants to keep how far it was.
    const { storeId } = await client.getStatus(
      {},
      signal.aborted ? { deadlineMs: LAST_ANSWER_WITHIN_MS } : { signal, deadlineMs: STATUS_WITHIN_MS },
    );
    assertSameStore(this.name, { was: this.storeId, now: storeId });
  }

  async #import(place: SegmentPlace, mark: ReadMark): Promise<ImportSegmentResponse> {
    const { client, signal } = this.#target;
    const watch = new StallWatch(signal, this.name, IMPORT_SILENT_MS);
    try {
      watch.expect();
      return await client.importSegment(requestsOf(this.#source, place, { mark, watch }), { signal: watch.signal });
    } catch (error) {
      throw watch.errorOf(error);
    } finally {
      watch.end();
    }
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
  { mark, watch }: { readonly mark: ReadMark; readonly watch: StallWatch },
): AsyncGenerator<ImportRequest, void, undefined> {
  const read = unlessStalled(signal, "the source", (watched) => client.readEntries({ segmentId, fromIndex: 0n }, { signal: watched }));
  for await (const { entries } of fromSource(read)) {
    mark.pass(entries);
    yield { sessionId, segmentId, entries: entries.map(withoutPlace) };
    watch.expect();
  }
}
