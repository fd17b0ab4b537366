import { draining } from "../model/errors.js";

/**
 * The requests of a stream as they come, until the daemon begins to stop.
 *
 * @throws SeglogError DRAINING then
 */
export async function* untilStopping<T>(requests: AsyncIterable<T>, stopping: AbortSignal): AsyncGenerator<T, void, undefined> {
  const incoming = requests[Symbol.asyncIterator]();
  let refuse = () => {};
  const onStopping = () => refuse();
  stopping.addEventListener("abort", onStopping);
  try {
    for (;;) {
      if (stopping.aborted) throw draining();
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = () => reject(draining());
        incoming.next().then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    stopping.removeEventListener("abort", onStopping);
  }
}
