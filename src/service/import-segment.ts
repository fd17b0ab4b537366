import { fromBinary } from "@bufbuild/protobuf";
import { EntrySchema, type SegmentStart } from "../../gen/seglog/v1/entry_pb.js";
import {
  type ImportSegmentRequest,
  ImportSegmentRequestSchema,
  ImportSegmentResponseSchema,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFrames } from "../model/entry-frames.js";
import { invalidField, isSeglogError, SeglogError } from "../model/errors.js";
import { parseSegmentId, parseSessionId, type SegmentId, type SessionId } from "../model/id.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import type { NewEntry } from "../model/new-entry.js";
import { parseEntry } from "../model/parse-entry.js";
import { isSameEntry } from "../model/same-entry.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import { fieldOccurrences } from "../model/wire/field-occurrences.js";
import type { SegmentInfo } from "../store/segment-info.js";
import type { ImportUnitParams } from "../store/store-writes.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import type { MessageGroups } from "./handlers.js";
import { segmentMessage } from "./segment-message.js";
import { untilStopping } from "./until-stopping.js";

const ENTRIES = ImportSegmentRequestSchema.field.entries.number;
const START_KIND = EntrySchema.field.segmentStart.number;

/** A unit of missing entries is added at this many entries or bytes. */
const UNIT_ENTRIES_MAX = 1000;
const UNIT_BYTES_MAX = 4 * 1024 * 1024;

/** Brings a segment to what it is elsewhere: entries that are here are compared, missing ones added. */
export async function importSegment(deps: ServiceDeps, requests: MessageGroups): Promise<Uint8Array> {
  let run: ImportRun | undefined;
  for await (const group of untilStopping(requests, deps.stopping)) {
    for (const bytes of group) {
      const request = decodeRequest(ImportSegmentRequestSchema, bytes);
      run ??= new ImportRun(deps, idsOf(request));
      await run.take(fieldOccurrences(bytes, ENTRIES));
    }
  }
  if (run === undefined) throw invalidField("session_id", "is required: the stream had no message");
  const { segment, addedCount } = await run.finish();
  return encode(ImportSegmentResponseSchema, { segment: segmentMessage(segment), addedCount: BigInt(addedCount) });
}

function idsOf(request: ImportSegmentRequest): { readonly sessionId: SessionId; readonly segmentId: SegmentId } {
  return { sessionId: parseSessionId(request.sessionId), segmentId: parseSegmentId(request.segmentId) };
}

/** One import: compares as long as there is something to compare with, then gathers units and adds them. */
class ImportRun {
  readonly #deps: ServiceDeps;
  readonly #ids: { readonly sessionId: SessionId; readonly segmentId: SegmentId };
  #segment: SegmentInfo | undefined;
  #isLookedUp = false;
  /** Index of the next entry that comes. */
  #index = 0;
  #addedCount = 0;
  #compare: NewEntry[] = [];
  #add: NewEntry[] = [];
  #bytes = 0;

  constructor(deps: ServiceDeps, ids: { readonly sessionId: SessionId; readonly segmentId: SegmentId }) {
    this.#deps = deps;
    this.#ids = ids;
  }

  async take(entries: readonly Uint8Array[]): Promise<void> {
    for (const [i, bytes] of entries.entries()) {
      const entry = parseEntry(bytes, `entries[${i}]`, this.#deps.limits, "import");
      this.#checkStart(entry, i);
      if (this.#bytes > 0 && this.#bytes + bytes.length > UNIT_BYTES_MAX) await this.#flush();
      const known = (await this.#here())?.entryCount ?? 0;
      if (this.#index < known) this.#compare.push(entry);
      else this.#add.push(entry);
      this.#index++;
      this.#bytes += bytes.length;
      const isFull = this.#compare.length + this.#add.length === UNIT_ENTRIES_MAX;
      if (isFull || this.#index === known) await this.#flush();
    }
  }

  async finish(): Promise<{ readonly segment: SegmentInfo; readonly addedCount: number }> {
    if (this.#index === 0) throw invalidField("entries", "has none, wanted a segment_start first");
    await this.#flush();
    const segment = await this.#deps.store.getSegment(this.#ids.segmentId);
    return { segment, addedCount: this.#addedCount };
  }

  /** The first of all is a segment_start; later ones are taken as replay takes them, and have no base. */
  #checkStart(entry: NewEntry, i: number): void {
    if (this.#index === 0 && entry.kind !== START_KIND)
      throw invalidField(`entries[${i}]`, "is the first of the segment, wanted a segment_start");
    if (entry.kind !== START_KIND) return;
    const { base, systemPrompt, config, history } = startOf(entry);
    if (base === undefined) return;
    if (this.#index > 0) throw invalidField(`entries[${i}].segment_start.base`, "stands in a later start, wanted only in the first");
    // Replay takes all three from the base: what stood here would be lost without a word.
    if (systemPrompt !== undefined || config !== undefined || history.length > 0) {
      throw invalidField(`entries[${i}].segment_start.base`, "stands beside a state of its own, wanted one of the two");
    }
  }

  /** The segment as it is here; undefined where it is not. */
  async #here(): Promise<SegmentInfo | undefined> {
    if (this.#isLookedUp) return this.#segment;
    this.#isLookedUp = true;
    this.#segment = await this.#lookUp();
    if (this.#segment !== undefined && this.#segment.sessionId !== this.#ids.sessionId) throw this.#takenElsewhere(this.#segment.sessionId);
    return this.#segment;
  }

  async #lookUp(): Promise<SegmentInfo | undefined> {
    try {
      return await this.#deps.store.getSegment(this.#ids.segmentId);
    } catch (error) {
      if (isSeglogError(error, "SEGMENT_NOT_FOUND")) return undefined;
      throw error;
    }
  }

  async #flush(): Promise<void> {
    const [compare, add] = [this.#compare, this.#add];
    this.#compare = [];
    this.#add = [];
    this.#bytes = 0;
    const addFrom = this.#index - add.length;
    if (compare.length > 0) await this.#compareFrom(addFrom - compare.length, compare);
    if (add.length > 0) await this.#addFrom(addFrom, add);
  }

  async #addFrom(fromIndex: number, entries: readonly NewEntry[]): Promise<void> {
    const lineage = fromIndex === 0 && entries[0] !== undefined ? { lineage: lineageOf(startOf(entries[0])) } : {};
    try {
      this.#segment = await this.#deps.store.importUnit({ ...this.#ids, fromIndex, entries, ...lineage });
      this.#addedCount += entries.length;
    } catch (error) {
      const hasGrown = isSeglogError(error, "HEAD_MISMATCH") || isSeglogError(error, "SEGMENT_EXISTS");
      if (!hasGrown) throw error;
      await this.#reconcile(fromIndex, entries, error);
    }
  }

  /** Somebody else wrote meanwhile: what they wrote is compared, and the rest added. */
  async #reconcile(fromIndex: number, entries: readonly NewEntry[], refusal: unknown): Promise<void> {
    this.#isLookedUp = false;
    const here = await this.#here();
    // Where the id is taken and nothing is here, it is out of the caller's sight.
    if (here === undefined && isSeglogError(refusal, "SEGMENT_EXISTS")) throw refusal;
    const entryCount = here?.entryCount ?? 0;
    if (entryCount < fromIndex) throw this.#differs(entryCount);
    const known = Math.min(entryCount - fromIndex, entries.length);
    await this.#compareFrom(fromIndex, entries.slice(0, known));
    if (known < entries.length) await this.#addFrom(fromIndex + known, entries.slice(known));
  }

  async #compareFrom(fromIndex: number, given: readonly NewEntry[]): Promise<void> {
    for (let i = 0; i < given.length; ) {
      const range = { fromIndex: fromIndex + i, toIndex: fromIndex + given.length };
      const runs = await this.#deps.store.readEntries({ segmentId: this.#ids.segmentId, ...range, bytesMax: RESPONSE_BYTES });
      if (runs.length === 0) throw this.#differs(fromIndex + i);
      for (const { frames } of runs) {
        for (const { bodyStart, end } of entryFrames(frames)) {
          const entry = given[i];
          if (entry !== undefined && !isSameEntry(frames.subarray(bodyStart, end), entry.bytes)) throw this.#differs(fromIndex + i);
          i++;
        }
      }
    }
  }

  #differs(index: number): SeglogError {
    const { segmentId } = this.#ids;
    return new SeglogError("SEGMENT_DIFFERS", `segment ${segmentId} differs from what is here at index ${index}`, {
      metadata: { segment_id: segmentId, index: String(index) },
    });
  }

  #takenElsewhere(sessionId: SessionId): SeglogError {
    const { segmentId } = this.#ids;
    return new SeglogError("SEGMENT_EXISTS", `segment ${segmentId} exists already, in session ${sessionId}`, {
      metadata: { segment_id: segmentId, session_id: sessionId },
    });
  }
}

function startOf(entry: NewEntry): SegmentStart {
  const { kind } = fromBinary(EntrySchema, entry.bytes);
  if (kind.case !== "segmentStart") throw new Error("an entry of the kind of a start is none");
  return kind.value;
}

function lineageOf({ forkedFrom, compactedFrom, base }: SegmentStart): NonNullable<ImportUnitParams["lineage"]> {
  const origin = (from: { readonly segmentId: string; readonly atTurn: bigint }) => ({
    segmentId: parseSegmentId(from.segmentId),
    atTurn: from.atTurn,
  });
  return {
    ...(forkedFrom && { forkedFrom: origin(forkedFrom) }),
    ...(compactedFrom && { compactedFrom: origin(compactedFrom) }),
    ...(base && { base: { segmentId: parseSegmentId(base.segmentId), entryCount: Number(base.entryCount) } }),
  };
}
