import type { MessageInitShape } from "@bufbuild/protobuf";
import type { TailRequestSchema, TailResponse } from "../../gen/seglog/v1/segment_service_pb.js";
import { hasReason, type SegmentClientError } from "./client-error.js";
import { isPassing, Retries } from "./retries.js";
import type { SegmentClient } from "./segment-client.js";

/** What to follow, and where to begin. */
export type TailRequestInit = MessageInitShape<typeof TailRequestSchema>;

/** Settings of a tail. */
export interface TailOptions {
  /** Ends the tail, which throws CANCELLED then. */
  readonly signal?: AbortSignal;
  /** How long to try to get the daemon back after each loss, in milliseconds; for ever where unset. */
  readonly reconnectForMs?: number;
  /** Told of each loss that it reconnects after. */
  readonly onReconnect?: (error: SegmentClientError) => void;
}

/**
 * Follows a segment, a session or the store over losses of the connection: it resumes with the token of the last message, so
 * that each entry and each event comes once, in order. `caughtUp` comes once for each connection.
 *
 * The call is aborted when the loop is left. Keep a message's `resumeToken` once you have dealt with it, and begin there
 * after a restart of your own.
 *
 * @throws SegmentClientError where the daemon refuses the tail, or does not come back in time
 */
export async function* tail(
  client: SegmentClient,
  request: TailRequestInit,
  { signal, reconnectForMs = Number.POSITIVE_INFINITY, onReconnect }: TailOptions = {},
): AsyncGenerator<TailResponse, void, undefined> {
  const retries = new Retries(reconnectForMs);
  let next = request;
  for (;;) {
    try {
      for await (const message of client.tail(next, { retryForMs: 0, ...(signal !== undefined && { signal }) })) {
        retries.reset();
        next = { ...request, start: { case: "resumeToken", value: message.resumeToken } };
        yield message;
      }
      return;
    } catch (error) {
      // Who stood still for too long may go on from there, and need not wait for it.
      const wasSlow = hasReason(error, "SLOW_OBSERVER");
      if (!wasSlow) await retries.wait(error, { signal });
      if (wasSlow || isPassing(error)) onReconnect?.(error);
    }
  }
}
