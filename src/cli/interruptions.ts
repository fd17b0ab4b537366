/** A wish to stop, told by a signal of the system. */
export interface Interruptions {
  readonly signal: AbortSignal;
  /** Signals end the process at once again. */
  undo(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Turns the first signal that asks to stop into an abort, so that files and calls are tidied up; the second one ends the process. */
export function interruptions(): Interruptions {
  const controller = new AbortController();

  function undo(): void {
    for (const name of SIGNALS) process.off(name, onSignal);
  }

  function onSignal(): void {
    undo();
    controller.abort();
  }

  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, undo };
}
