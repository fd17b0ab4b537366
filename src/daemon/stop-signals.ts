import { STOP_MS_MAX } from "../model/limits.js";
import { endProcess, FAILED_EXIT_CODE } from "./end-process.js";
import type { Logger } from "./log.js";

/** A signal that asks the daemon to stop. */
export type StopSignal = "SIGTERM" | "SIGINT";

const STOP_SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const satisfies Record<StopSignal, number>;

/**
 * Stops the daemon when SIGTERM or SIGINT comes, and ends the process:
 *
 * 1. The first signal calls `stop`, once. When that resolves, the exit code is 0; where it rejects, 70.
 * 2. Where it takes longer than STOP_MS_MAX, the exit code is 70.
 * 3. A second signal, of either kind, ends the process at once as if it had not been caught: a shell
 *    sees 143 or 130.
 *
 * @returns its undoing: signals end the process at once again
 */
export function stopOnSignals({ stop, log }: { readonly stop: (signal: StopSignal) => Promise<void>; readonly log: Logger }): () => void {
  let isStopping = false;

  function onSignal(signal: StopSignal): void {
    if (isStopping) {
      undo();
      dieOf(signal);
    }
    isStopping = true;
    log.info("a signal asks to stop", { signal });
    const deadline = setTimeout(() => {
      log.error("the stop took too long", { limit_ms: STOP_MS_MAX });
      endProcess(FAILED_EXIT_CODE);
    }, STOP_MS_MAX);
    stop(signal).then(
      () => {
        clearTimeout(deadline);
        process.exit(0);
      },
      (error: unknown) => {
        log.error("the stop failed", {}, error);
        endProcess(FAILED_EXIT_CODE);
      },
    );
  }

  function undo(): void {
    process.off("SIGTERM", onSignal);
    process.off("SIGINT", onSignal);
  }

  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return undo;
}

/** The kernel ends a process by a signal even where threads hang; only PID 1 of a container is left alone by it. */
function dieOf(signal: StopSignal): never {
  process.kill(process.pid, signal);
  endProcess(128 + STOP_SIGNALS[signal]);
}
