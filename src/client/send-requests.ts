import { setImmediate } from "node:timers/promises";
import type { ClientWritableStream } from "@grpc/grpc-js";

/** The sending side of a call. */
export type SendingCall<I> = Pick<ClientWritableStream<I>, "write" | "end" | "once" | "off">;

/**
 * Sends the requests of a call, each when there is room for it, and closes the sending side after the last.
 *
 * @param ended aborts when the call has ended; nothing more is taken from the requests then
 * @throws what the requests threw
 */
export async function sendRequests<I>(call: SendingCall<I>, requests: AsyncIterable<I> | Iterable<I>, ended: AbortSignal): Promise<void> {
  for await (const request of requests) {
    if (ended.aborted) return;
    if (!call.write(request)) {
      await drainedOrEnded(call, ended);
      await setImmediate(); // grpc-js says so before anything was sent; else nothing could be until its buffer is full
    }
    if (ended.aborted) return;
  }
  call.end();
}

function drainedOrEnded<I>(call: SendingCall<I>, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      call.off("drain", settle);
      ended.removeEventListener("abort", settle);
      resolve();
    };
    call.once("drain", settle);
    ended.addEventListener("abort", settle);
  });
}
