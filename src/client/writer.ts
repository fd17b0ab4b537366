import { randomUUID } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../gen/seglog/v1/segment_pb.js";
import { type AppendResponse, OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import type { EntryInit } from "./entries.js";
import { RETRY_FOR_MS, Retries } from "./retries.js";
import type { SegmentClient } from "./segment-client.js";
import { appendOverStream, type Head, type Unit } from "./writer-stream.js";

/** A conflict that became a branch: who else wrote has the segment, and this writer goes on in a fork of it. */
export interface Branch {
  /** The segment that the writer held. */
  readonly fromSegmentId: string;
  /** The one that it holds now. */
  readonly segmentId: string;
  /** Entries that it has now, what was appended among them. */
  readonly entryCount: bigint;
}

/** Settings of a writer. */
export interface WriterOptions {
  /** Where somebody else has written: go on in a branch, which is so where unset, or fail with HeadMismatchError. */
  readonly onConflict?: "fork" | "fail";
  /** Told of each branch, before the append that led to it resolves. What it throws ends the writer. */
  readonly onBranch?: (branch: Branch) => void;
  /** How long to go on trying while the daemon is not to be had, in milliseconds; 5 s where unset. */
  readonly retryForMs?: number;
  /** Ends the writer at once; what became of appends that are under way is unknown then. */
  readonly signal?: AbortSignal;
}

/**
 * Writes one segment as its only writer, or in a branch of its own where it is not.
 *
 * It knows the segment's head and expects it with each append, gives each a request id, and sends them one behind the other
 * over one stream without waiting for answers. When the connection is lost what is unanswered is sent again, and nothing is
 * written twice. An append is a unit: all of its entries are stored, or none.
 *
 * Where an append is refused, those that were handed in behind it are refused too (STREAM_FENCED), and the writer goes on.
 * Where it cannot know any more what the segment is (HEAD_MISMATCH, or no daemon for too long), it ends: every append fails
 * with that error. Restore the segment then, and take a new writer.
 */
export class Writer {
  readonly #client: SegmentClient;
  readonly #options: WriterOptions;
  readonly #retries: Retries;
  /** Unanswered ones, in order. */
  readonly #units: Unit[] = [];
  #head: Head;
  #running: Promise<void> | undefined;
  #wake: () => void = () => {};
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param segment as it was when the writer last looked: as created, described or restored */
  constructor(client: SegmentClient, segment: Pick<Segment, "segmentId" | "entryCount" | "headPosition">, options: WriterOptions = {}) {
    const { segmentId, entryCount, headPosition } = segment;
    this.#client = client;
    this.#options = options;
    this.#retries = new Retries(options.retryForMs ?? RETRY_FOR_MS);
    this.#head = { segmentId, entryCount, headPosition };
  }

  /** The segment that is written to; another one after a branch. */
  get segmentId(): string {
    return this.#head.segmentId;
  }

  /** Entries that it has, as far as they are acknowledged. */
  get entryCount(): bigint {
    return this.#head.entryCount;
  }

  /**
   * Appends entries as one unit, as they are now, and resolves once they are durable.
   *
   * @throws SegmentClientError as the class says; what protobuf-es throws where an entry has no encoding
   */
  append(...entries: readonly EntryInit[]): Promise<AppendResponse> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#isClosed) return Promise.reject(new TypeError("the writer is closed; take a new one"));
    const appended = new Promise<AppendResponse>((resolve, reject) => {
      this.#units.push({ ...copied(entries), requestId: randomUUID(), request: undefined, resolve, reject });
    });
    this.#running ??= this.#run();
    this.#wake();
    return appended;
  }

  /** Takes no more appends, and resolves when those that were handed in are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Begins in a later turn, so that appends of one turn go out together.
    await Promise.resolve();
    this.#retries.reset();
    while (this.#units.length > 0 && this.#failure === undefined) {
      try {
        await this.#overOneStream();
      } catch (error) {
        // Where nothing was under way, nothing failed: the next append finds out what is.
        if (this.#units.length > 0) await this.#retries.wait(error, this.#options).catch((last: unknown) => this.#fail(last));
      }
    }
    this.#running = undefined;
  }

  #overOneStream(): Promise<void> {
    const { signal, onConflict = "fork" } = this.#options;
    return appendOverStream({
      client: this.#client,
      units: this.#units,
      head: () => this.#head,
      onConflict: onConflict === "fork" ? OnConflict.FORK : OnConflict.FAIL,
      isClosed: () => this.#isClosed,
      requestBytesMax: async () => Number((await this.#client.getStatus({})).limits["request_bytes_max"] ?? Number.POSITIVE_INFINITY),
      onWake: (wake) => {
        this.#wake = wake;
      },
      onAppended: (answer) => this.#advance(answer),
      onLost: (error) => this.#fail(error),
      ...(signal !== undefined && { signal }),
    });
  }

  #advance({ segmentId, entryCount, headPosition }: AppendResponse): void {
    this.#retries.reset();
    const { segmentId: fromSegmentId } = this.#head;
    this.#head = { segmentId, entryCount, headPosition };
    if (segmentId !== fromSegmentId) this.#options.onBranch?.({ fromSegmentId, segmentId, entryCount });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const unit of this.#units.splice(0)) unit.reject(error);
  }
}

/** Room for what a request says besides its entries, and for the frame of each of them, in bytes. */
const REQUEST_FRAME_BYTES = 256;
const ENTRY_FRAME_BYTES = 6;

/** Entries that their owner may go on to change: what is sent again has to be what was sent. */
function copied(entries: readonly EntryInit[]): Pick<Unit, "entries" | "requestBytes"> {
  const encoded = entries.map((entry) => toBinary(EntrySchema, create(EntrySchema, entry)));
  return {
    entries: encoded.map((bytes) => fromBinary(EntrySchema, bytes)),
    requestBytes: encoded.reduce((sum, { length }) => sum + length + ENTRY_FRAME_BYTES, REQUEST_FRAME_BYTES),
  };
}
