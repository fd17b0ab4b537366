import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 5;

/**
 * Resolves once something is so that only looking can tell.
 *
 * @throws Error where it is not so in time
 */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>, msMax = 20_000): Promise<void> {
  const startMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startMs > msMax) throw new Error(`not within ${msMax} ms: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
