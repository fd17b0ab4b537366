import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { TailEdge, TailRequestSchema, type TailResponse, TailResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { nestedBytes } from "../../support/nested-bytes.js";
import { placeOf } from "./difference.js";
import { LossError } from "./find-state.js";
import { markOf } from "./marked-entry.js";
import { RawCalls } from "./raw-calls.js";
import type { StoredStore } from "./read-store.js";
import type { Clock } from "./session-writer.js";

/** Something that a tail gave. */
export interface Delivery {
  /** Of the last thing in it. */
  readonly position: number;
  /** Marks of the entries in it. */
  readonly marks: readonly string[];
  /** When it was there. */
  readonly at: number;
}

/** Follows a store from its beginning, over every end of its daemon, and puts together what it is given. */
export class Mirror {
  readonly #clock: Clock;
  readonly #segments = new Map<string, { readonly sessionId: string; entries: Uint8Array[] }>();
  readonly #deliveries: Delivery[] = [];
  #resumeToken: string | undefined;
  #position = 0;
  #entryCount = 0;
  #eventCount = 0;

  constructor(clock: Clock = () => performance.now()) {
    this.#clock = clock;
  }

  /** Of the last thing that it was given. */
  get position(): number {
    return this.#position;
  }

  /** All that it was given, in order. */
  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** How much it was given: entries, and truncations and deletions. */
  get counts(): { readonly entries: number; readonly events: number } {
    return { entries: this.#entryCount, events: this.#eventCount };
  }

  /**
   * Follows until it has been given everything up to a position, or the call is cut off.
   *
   * @throws LossError where a tail gives something twice, or out of order
   */
  async follow(socket: string, options: { readonly until?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    const { until = Number.POSITIVE_INFINITY, signal } = options;
    if (this.#position >= until) return;
    const calls = new RawCalls(socket);
    try {
      for await (const message of calls.answers("tail", this.#request(), signal)) {
        this.#take(message);
        if (this.#position >= until) return;
      }
      throw new LossError("a tail of the store came to an end");
    } catch (error) {
      if (!(error instanceof SegmentClientError) || (error.reason !== undefined && error.reason !== "DRAINING")) throw error;
    } finally {
      calls.close();
    }
  }

  /** @throws LossError where what was put together is not what is stored */
  check(stored: StoredStore): void {
    if (this.#position > stored.headPosition) {
      throw new LossError(`a tail was given position ${this.#position}; the store ends at ${stored.headPosition}`);
    }
    for (const [segmentId, { entries }] of stored.segments) {
      const mirrored = this.#segments.get(segmentId)?.entries ?? [];
      if (mirrored.length !== entries.length) {
        throw new LossError(`a tail gave ${mirrored.length} entries of segment ${segmentId}; stored are ${entries.length}`);
      }
      for (const [i, entry] of entries.entries()) {
        if (!Buffer.from(entry).equals(mirrored[i] ?? Buffer.alloc(0)))
          throw new LossError(`a tail gave another entry ${i} of segment ${segmentId}`);
      }
    }
    for (const segmentId of this.#segments.keys()) {
      if (!stored.segments.has(segmentId)) throw new LossError(`a tail gave segment ${segmentId}, which is not stored`);
    }
  }

  /** Forgets the deliveries, so that what it remembers stays bounded. */
  forgetDeliveries(): void {
    this.#deliveries.length = 0;
  }

  #request(): Uint8Array {
    const start: MessageInitShape<typeof TailRequestSchema>["start"] =
      this.#resumeToken === undefined ? { case: "edge", value: TailEdge.BEGINNING } : { case: "resumeToken", value: this.#resumeToken };
    return toBinary(TailRequestSchema, create(TailRequestSchema, { scope: { case: "store", value: {} }, start }));
  }

  #take(message: Uint8Array): void {
    const { resumeToken, position, event } = fromBinary(TailResponseSchema, message);
    const marks: string[] = [];
    switch (event.case) {
      case "entries":
        this.#takeEntries(message, event.value.batches, marks);
        break;
      case "segmentTruncated":
        this.#eventCount++;
        this.#segments.get(event.value.segmentId)?.entries.splice(Number(event.value.entryCount)); // it may be gone by now
        break;
      case "segmentDeleted":
        this.#eventCount++;
        this.#segments.delete(event.value.segmentId);
        break;
      case "sessionDeleted":
        this.#eventCount++;
        for (const [segmentId, { sessionId }] of this.#segments) if (sessionId === event.value.sessionId) this.#segments.delete(segmentId);
        break;
      default:
    }
    if (Number(position) < this.#position) throw new LossError(`a tail gave position ${position} after ${this.#position}`);
    this.#position = Number(position);
    this.#resumeToken = resumeToken;
    if (event.case !== "heartbeat" && event.case !== "caughtUp")
      this.#deliveries.push({ position: this.#position, marks, at: this.#clock() });
  }

  /** Takes the entries as their bytes stand in the message; what they are in was decoded. */
  #takeEntries(message: Uint8Array, batches: Batches, marks: string[]): void {
    const parts = nestedBytes(message, TailResponseSchema.field.entries.number, 1);
    for (const [i, { segmentId, sessionId }] of batches.entries()) {
      for (const entry of nestedBytes(parts[i] ?? Buffer.alloc(0), 3)) {
        const { index, position } = placeOf(entry);
        if (position <= this.#position) throw new LossError(`a tail gave position ${position} after ${this.#position}`);
        this.#position = position;
        if (index === 0) this.#segments.set(segmentId, { sessionId, entries: [] });
        const entries = this.#segments.get(segmentId)?.entries;
        if (index !== entries?.length) {
          throw new LossError(`a tail gave entry ${index} of segment ${segmentId} behind ${entries?.length ?? "no"} entries`);
        }
        entries.push(Buffer.from(entry));
        this.#entryCount++;
        const mark = markOf(entry);
        if (mark !== undefined) marks.push(mark);
      }
    }
  }
}

type Batches = Extract<TailResponse["event"], { readonly case: "entries" }>["value"]["batches"];
