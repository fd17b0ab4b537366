import { setTimeout as delay } from "node:timers/promises";
import { BACKUP_PROGRESS_MS } from "../../../model/limits.js";

/**
 * Does something that takes a while, and says how far it is: at once, and then every BACKUP_PROGRESS_MS until it is done.
 * Where the iteration is left, the signal aborts or `tell` throws, the work's own signal aborts, and it is waited for.
 */
export async function* toldOften<Result, Told>(
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  tell: () => Told,
): AsyncGenerator<Told, Result, undefined> {
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", end, { once: true });
  let isDone = false;
  const done = work(ending.signal).finally(() => {
    isDone = true;
  });
  done.catch(() => {}); // whoever has left the iteration does not hear of it
  try {
    while (!isDone) {
      yield tell();
      await pause(done);
    }
    return await done;
  } finally {
    signal.removeEventListener("abort", end);
    ending.abort();
    await done.catch(() => {});
  }
}

/** Waits until the next telling, or the end of the work. */
async function pause(done: Promise<unknown>): Promise<void> {
  const waking = new AbortController();
  await Promise.race([done.catch(() => {}), delay(BACKUP_PROGRESS_MS, undefined, { signal: waking.signal }).catch(() => {})]);
  waking.abort();
}
