import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";

/**
 * The requests of a streaming call, each asked of the network when the one before it was taken: at most two are held.
 *
 * @throws the signal's reason once it aborts
 */
export async function* incomingRequests(call: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const readOn = readOnDemand(call);
  const changed = changes(call, signal);
  for (;;) {
    signal.throwIfAborted();
    const request: Uint8Array | null = call.read();
    if (request !== null) {
      readOn();
      yield request;
    } else if (call.readableEnded || call.destroyed) {
      // node:http2 ends a stream that broke off like one that is complete; that it broke off is said in the same turn.
      await setImmediate();
      signal.throwIfAborted();
      return;
    } else {
      await changed();
    }
  }
}

/**
 * A stream of objects reads 16 of them ahead, which are 64 MiB where each is a request of 4. Lets it ask for the next
 * one only while it holds none.
 *
 * @returns what to call after one was taken
 */
function readOnDemand(call: Readable): () => void {
  const readNext = call._read.bind(call);
  let isHeld = false;
  call._read = (size) => {
    if (call.readableLength === 0) readNext(size);
    else isHeld = true;
  };
  return () => {
    if (!isHeld || call.readableLength > 0) return;
    isHeld = false;
    readNext(1);
  };
}

/** Resolves at the next change of the stream, or at once where one came since the last time. */
function changes(call: Readable, signal: AbortSignal): () => Promise<void> {
  let hasChanged = false;
  let wake: (() => void) | undefined;
  const onChange = () => {
    hasChanged = true;
    wake?.();
  };
  for (const event of ["readable", "end", "close"]) call.on(event, onChange);
  signal.addEventListener("abort", onChange, { once: true });
  return async () => {
    if (!hasChanged) await new Promise<void>((resolve) => (wake = resolve));
    hasChanged = false;
  };
}
