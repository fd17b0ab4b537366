import { setTimeout as delay } from "node:timers/promises";
import type { DescMethod, MessageInitShape } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { SegmentClientError } from "./client-error.js";

/** How long calls are tried again where nobody says otherwise: longer than a daemon takes to start. In milliseconds. */
export const RETRY_FOR_MS = 5000;

/** The first wait before another try, and the longest one, in milliseconds. */
const WAIT_MS_MIN = 50;
const WAIT_MS_MAX = 1000;

/**
 * Whether a call may be made again when its answer is lost: where its method only reads, or it carries a request id, by
 * which the daemon knows it again. The contract says which methods do.
 */
export function isRepeatable(method: DescMethod, request: MessageInitShape<DescMethod["input"]>): boolean {
  if (method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS) return true;
  const { requestId } = request as { readonly requestId?: unknown }; // which messages have one, their descriptors say
  return method.input.field["requestId"] !== undefined && typeof requestId === "string" && requestId !== "";
}

/**
 * Whether an error may be over soon: the daemon is not there, starts or stops, or has too much to do and says that it took
 * nothing.
 */
export function isPassing(error: unknown): error is SegmentClientError {
  if (!(error instanceof SegmentClientError)) return false;
  return error.code === Code.UNAVAILABLE || error.reason === "TOO_MANY_IN_FLIGHT" || error.reason === "OVERLOADED";
}

/** The waits between tries of one thing: longer each time, no two clients' alike. */
export class Retries {
  readonly #forMs: number;
  #failedFirstMs: number | undefined;
  #waitMs = WAIT_MS_MIN;

  /** @param forMs how long after the first failure to go on, in milliseconds */
  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** Something went well: the next failure is a first one. */
  reset(): void {
    this.#failedFirstMs = undefined;
    this.#waitMs = WAIT_MS_MIN;
  }

  /**
   * Waits before the next try, at least as long as the daemon asks for.
   *
   * @param deadline when the call has to be over, as Date.now tells it
   * @throws `error` where there has been time enough, or it is no passing one; DEADLINE_EXCEEDED because of it, where the next
   *   try would come too late
   */
  async wait(
    error: unknown,
    { signal, deadline }: { readonly signal?: AbortSignal | undefined; readonly deadline?: number } = {},
  ): Promise<void> {
    if (!isPassing(error) || signal?.aborted === true) throw error;
    this.#failedFirstMs ??= performance.now();
    const waitMs = Math.max(error.retryAfterMs ?? 0, this.#waitMs * (0.5 + Math.random()));
    if (performance.now() + waitMs - this.#failedFirstMs > this.#forMs) throw error;
    if (deadline !== undefined && Date.now() + waitMs >= deadline) throw tooLate(error);
    this.#waitMs = Math.min(2 * this.#waitMs, WAIT_MS_MAX);
    // Whoever aborts gets the error that was waited for, which says more than that the wait ended.
    await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => Promise.reject(error));
  }
}

function tooLate(error: SegmentClientError): SegmentClientError {
  return new SegmentClientError(Code.DEADLINE_EXCEEDED, `there was no time left to try again: ${error.message}`, { cause: error });
}
