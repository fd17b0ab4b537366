import type { Writable } from "node:stream";
import { SeglogError } from "../model/errors.js";
import type { HeldShare } from "./held-bytes.js";
import { frameHead, frameMessage, frameMessages } from "./message-frame.js";
import type { ServerCall } from "./server-call.js";

/** Responses are pulled while fewer bytes than this wait to be sent. */
export const OUTGOING_BYTES = 64 * 1024;

/** A message from this size on is handed over as it is, behind its head, rather than copied into one piece with it. In bytes. */
const COPIED_BYTES_MAX = 16 * 1024;

/** How long a stream of responses goes on. */
export interface OutgoingOptions {
  /** Whose responses they are: it is told while its caller stands still. */
  readonly call: Pick<ServerCall, "connection" | "standsSinceMs">;
  /** Of what is held for its connection. Whoever made it gives it back. */
  readonly share: HeldShare;
  /** Ends it where it aborts. */
  readonly signal: AbortSignal;
  /** How long the observer may stand still with data waiting, in milliseconds. */
  readonly slowObserverMs: number;
}

/**
 * Sends responses, pulling each, or each group of them, when there is room for it; resolves when the last is handed
 * over, or when the call was aborted. The iterable's `return` is called where it is left before its end.
 *
 * @throws SeglogError SLOW_OBSERVER when the observer takes nothing for too long
 */
export async function sendResponses(
  stream: Writable,
  responses: AsyncIterable<Uint8Array | readonly Uint8Array[]>,
  options: OutgoingOptions,
): Promise<void> {
  const outflow = new Outflow(stream, options);
  const turn = options.call.connection.starts.wait(options.signal);
  if (turn !== undefined) await turn;
  if (!outflow.hasRoom) await outflow.room(); // where others of its connection are unread
  if (options.signal.aborted) return;
  for await (const response of responses) {
    if (options.signal.aborted) return;
    outflow.write(response);
    if (!outflow.hasRoom) await outflow.room();
    if (options.signal.aborted) return;
  }
}

/** What was written and not yet taken by the network. */
class Outflow {
  readonly #stream: Writable;
  readonly #options: OutgoingOptions;
  #waitingBytes = 0;
  #onProgress: (() => void) | undefined;

  constructor(stream: Writable, options: OutgoingOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#waitingBytes < OUTGOING_BYTES && !this.#options.call.connection.unread.isFull;
  }

  write(response: Uint8Array | readonly Uint8Array[]): void {
    if (!(response instanceof Uint8Array)) {
      if (response.length > 0) this.#hand(frameMessages(response));
    } else if (response.length <= COPIED_BYTES_MAX) {
      this.#hand(frameMessage(response));
    } else {
      this.#stream.cork();
      this.#hand(frameHead(response.length));
      this.#hand(response);
      this.#stream.uncork();
    }
  }

  #hand(bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length;
    this.#options.share.set(this.#waitingBytes);
    this.#stream.write(bytes, () => {
      this.#waitingBytes -= bytes.length;
      this.#options.share.set(this.#waitingBytes);
      this.#onProgress?.();
    });
  }

  /** Resolves when there is room again, or the call was aborted. */
  room(): Promise<void> {
    const { call, signal, slowObserverMs } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (error?: SeglogError) => {
        clearTimeout(timer);
        this.#onProgress = undefined;
        call.standsSinceMs = undefined;
        undo();
        signal.removeEventListener("abort", onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onAbort = () => settle();
      const onProgress = () => {
        timer.refresh();
        call.standsSinceMs = call.connection.nowMs;
        if (this.hasRoom) settle();
      };
      const timer = setTimeout(() => settle(slowObserver(slowObserverMs)), slowObserverMs);
      this.#onProgress = onProgress;
      call.standsSinceMs = call.connection.nowMs;
      const undo = call.connection.unread.onRoom(onProgress);
      signal.addEventListener("abort", onAbort);
    });
  }
}

function slowObserver(slowObserverMs: number): SeglogError {
  return new SeglogError(
    "SLOW_OBSERVER",
    `nothing was read for ${slowObserverMs} ms with data waiting; read faster, and resume where you were`,
    {
      metadata: { slow_observer_ms: String(slowObserverMs) },
    },
  );
}
