import { endProcess, FAILED_EXIT_CODE } from "./end-process.js";
import type { Logger } from "./log.js";

/**
 * Ends the process, with the error in the log and exit code 70, when an error reaches nobody: what
 * holds after that, nobody knows, and a restart finds all that was acknowledged.
 *
 * @returns its undoing
 */
export function failStopOnUnforeseen(log: Logger): () => void {
  const onException = (error: unknown): void => fail("an exception reached nobody", error);
  const onRejection = (error: unknown): void => fail("a rejection reached nobody", error);

  function fail(message: string, error: unknown): void {
    try {
      log.error(message, {}, error);
    } finally {
      endProcess(FAILED_EXIT_CODE);
    }
  }

  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("uncaughtException", onException);
    process.off("unhandledRejection", onRejection);
  };
}
