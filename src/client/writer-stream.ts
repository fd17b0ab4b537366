import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "../../gen/google/rpc/code_pb.js";
import type {
  AppendError,
  AppendRequestSchema,
  AppendResponse,
  AppendStreamRequestSchema,
  OnConflict,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { NO_ERROR_DETAILS } from "../contract/error-details.js";
import { Change } from "./change.js";
import { hasReason, type SegmentClientError, segmentClientError } from "./client-error.js";
import type { EntryInit } from "./entries.js";
import { isPassing } from "./retries.js";
import type { SegmentClient } from "./segment-client.js";

/** Appends that are sent and not answered yet, at most. */
const IN_FLIGHT_MAX = 128;

/** A request of so many bytes any daemon takes: only for larger ones is it asked how large they may be. */
const REQUEST_BYTES_TAKEN = 1024 * 1024;

type AppendRequestInit = MessageInitShape<typeof AppendRequestSchema>;

/** The end of a segment, as its writer knows it. */
export type Head = Pick<AppendResponse, "segmentId" | "entryCount" | "headPosition">;

/** One append. */
export interface Unit {
  readonly entries: EntryInit[];
  /** Bytes of the request that it is sent in, or a few more. */
  readonly requestBytes: number;
  readonly requestId: string;
  /**
   * As it was sent. It is sent again just so, for by its bytes the daemon knows it; undefined before, and again once it is
   * known not to be stored.
   */
  request: AppendRequestInit | undefined;
  readonly resolve: (answer: AppendResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** What a stream of appends works on. */
export interface StreamParts {
  readonly client: SegmentClient;
  /** Unanswered units, in order; what is answered is taken out. */
  readonly units: Unit[];
  readonly head: () => Head;
  readonly onConflict: OnConflict;
  readonly isClosed: () => boolean;
  /** Bytes that the daemon takes in one request. */
  readonly requestBytesMax: () => Promise<number>;
  /** Gives what is to be called when there are more units, or no more will come. */
  readonly onWake: (wake: () => void) => void;
  /** Told of each answer before its unit is. */
  readonly onAppended: (answer: AppendResponse) => void;
  /** Told that the segment is not what it is believed to be. */
  readonly onLost: (error: SegmentClientError) => void;
  readonly signal?: AbortSignal;
}

/**
 * Sends the units over one stream, for as long as that lasts, and settles those that are answered.
 *
 * 1. Units go out one behind the other; each expects the segment as those before it leave it.
 * 2. Answers come in the same order.
 * 3. Behind a unit that was refused, or became a fork, the daemon refuses all others of the stream: nothing more is sent, the
 *    answers to what is under way are read, and the stream is over. What is to be written all the same stays with the units,
 *    for another stream.
 *
 * @throws SegmentClientError where the stream broke, or the daemon cannot take it now
 */
export async function appendOverStream(parts: StreamParts): Promise<void> {
  const { client, signal } = parts;
  const stream = new SentUnits(parts);
  parts.onWake(() => stream.change.tell());
  try {
    for await (const { outcome } of client.appendStream(stream.requests(), signal === undefined ? {} : { signal })) {
      if (outcome.case === "appended") stream.appended(outcome.value);
      else if (outcome.case === "error") stream.refused(clientErrorOf(outcome.value));
      if (stream.lost !== undefined) break;
    }
  } finally {
    stream.end();
  }
  if (stream.lost !== undefined) parts.onLost(stream.lost);
  else if (stream.passing !== undefined) throw stream.passing;
}

class SentUnits {
  readonly change = new Change();
  readonly #parts: StreamParts;
  /** How many of the first units are sent and unanswered. */
  #sentCount = 0;
  /** Units that were refused for those before them, and are to be written all the same. */
  readonly #again: Unit[] = [];
  #isOver = false;
  /** Why later units of the stream are refused. */
  #fence: "branch" | "refusal" | "passing" | undefined;
  /** What the daemon could not take the units for, if that may be over soon. */
  passing: SegmentClientError | undefined;
  /** What says that the segment is not what it is believed to be. */
  lost: SegmentClientError | undefined;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  async *requests(): AsyncGenerator<MessageInitShape<typeof AppendStreamRequestSchema>, void, undefined> {
    const { units, head, isClosed, requestBytesMax } = this.#parts;
    let { entryCount } = head();
    let bytesMax: number | undefined;
    while (!this.#isOver && this.#fence === undefined) {
      const unit = units[this.#sentCount];
      if (unit === undefined && isClosed()) return;
      if (unit === undefined || this.#sentCount === IN_FLIGHT_MAX) {
        await this.change.wait();
        continue;
      }
      if (unit.requestBytes > REQUEST_BYTES_TAKEN && bytesMax === undefined) {
        bytesMax = await requestBytesMax();
        continue;
      }
      if (bytesMax !== undefined && unit.requestBytes > bytesMax) {
        units.splice(this.#sentCount, 1);
        this.#refuse(unit, tooLarge(unit, bytesMax));
        continue;
      }
      unit.request ??= this.#requestOf(unit, entryCount);
      entryCount = (unit.request.precondition?.entryCount ?? entryCount) + BigInt(unit.entries.length);
      this.#sentCount++;
      yield { append: unit.request };
    }
  }

  appended(answer: AppendResponse): void {
    const unit = this.#takeAnswered();
    if (answer.forked) this.#fence ??= "branch";
    try {
      this.#parts.onAppended(answer);
    } finally {
      unit.resolve(answer);
    }
  }

  refused(error: SegmentClientError): void {
    const unit = this.#takeAnswered();
    if (hasReason(error, "STREAM_FENCED") && this.#fence !== "refusal") return this.#keep(unit);
    if (isPassing(error)) {
      this.passing ??= error;
      this.#fence ??= "passing";
      return this.#keep(unit);
    }
    if (hasReason(error, "HEAD_MISMATCH")) {
      this.lost = error;
      unit.reject(error);
      return;
    }
    this.#fence ??= "refusal";
    this.#refuse(unit, error);
  }

  /**
   * What is not answered, or was refused for what was before it, is the next stream's.
   *
   * Behind a fence the daemon has taken nothing, answered or not: such a unit is made anew for the segment as it is now, or
   * refused as it would have been.
   */
  end(): void {
    this.#isOver = true;
    const { units } = this.#parts;
    if (this.#fence === "refusal") for (const behind of units.splice(0, this.#sentCount)) behind.reject(behindRefused());
    else if (this.#fence !== undefined) for (const behind of units.slice(0, this.#sentCount)) behind.request = undefined;
    units.unshift(...this.#again.splice(0));
    this.change.tell();
  }

  /** What was handed in behind a refused unit was meant to follow it. */
  #refuse(unit: Unit, error: SegmentClientError): void {
    unit.reject(error);
    for (const behind of this.#parts.units.splice(this.#sentCount)) behind.reject(behindRefused());
  }

  #takeAnswered(): Unit {
    const unit = this.#parts.units.shift();
    if (unit === undefined || this.#sentCount === 0) throw new Error("the daemon answered an append that was not sent");
    this.#sentCount--;
    this.change.tell();
    return unit;
  }

  #keep(unit: Unit): void {
    unit.request = undefined;
    this.#again.push(unit);
  }

  /** Where nothing is under way the head's position is known too, which tells a segment that was cut back and grew again. */
  #requestOf({ entries, requestId }: Unit, entryCount: bigint): AppendRequestInit {
    const { segmentId, headPosition } = this.#parts.head();
    const isFirst = this.#sentCount === 0;
    const precondition = isFirst ? { entryCount, headPosition } : { entryCount };
    return { segmentId, entries, requestId, onConflict: this.#parts.onConflict, precondition };
  }
}

function clientErrorOf({ code, message, reason, metadata }: AppendError): SegmentClientError {
  return segmentClientError(code, message, { details: { ...NO_ERROR_DETAILS, reason: reason === "" ? undefined : reason, metadata } });
}

/** Said here, for the daemon ends a stream on which more comes than it takes. */
function tooLarge({ requestBytes }: Unit, bytesMax: number): SegmentClientError {
  return segmentClientError(
    Code.RESOURCE_EXHAUSTED,
    `the append has ${requestBytes} bytes, wanted at most ${bytesMax} (request_bytes_max); nothing of it was written`,
    {},
  );
}

/** What an append fails with that was handed in behind one that was refused. */
function behindRefused(): SegmentClientError {
  const details = { ...NO_ERROR_DETAILS, reason: "STREAM_FENCED" };
  return segmentClientError(Code.ABORTED, "an append before this one was refused; nothing of this one was written", { details });
}
