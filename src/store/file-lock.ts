import { spawn } from "node:child_process";
import { once } from "node:events";
import { errorCode } from "./error-code.js";

/** The `flock` program could neither take nor refuse a lock. The message says why, and what to install where it is missing. */
export class LockToolError extends Error {
  override readonly name = "LockToolError";
}

/** What flock of util-linux and of busybox exits with where somebody else holds the lock. */
const HELD_EXIT_CODE = 1;

const STDERR_CHARS_MAX = 200;

/**
 * Takes an exclusive flock(2) on an open file, which Node itself has no call for.
 *
 * A child inherits the descriptor and locks it. The lock belongs to the open file that both share, so
 * it outlives the child and lasts until this process closes the descriptor or ends, however it ends.
 *
 * @param waitMs how long to wait while somebody else holds it; 0 to answer at once
 * @returns false where somebody else holds it
 * @throws LockToolError
 */
export async function lockFile(fd: number, waitMs = 0): Promise<boolean> {
  const args = waitMs === 0 ? ["-n", "-x", "3"] : ["-x", "3"];
  // Descriptor 3 of the child is ours. Node opens files close-on-exec, so no other child gets it.
  const child = spawn("flock", args, { stdio: ["ignore", "ignore", "pipe", fd], timeout: waitMs });
  let told = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    told = (told + text).slice(0, STDERR_CHARS_MAX);
  });
  const [exitCode, signal] = await once(child, "close").catch((error: unknown) => {
    throw unusable(error);
  });
  if (exitCode === 0) return true;
  if ((exitCode === HELD_EXIT_CODE && told === "") || (waitMs > 0 && signal === "SIGTERM")) return false;
  throw new LockToolError(`flock ended with ${exitCode ?? signal}: ${told.trim()}; wanted a file system with locks`);
}

function unusable(error: unknown): LockToolError {
  const code = errorCode(error);
  const what = code === "ENOENT" ? "was not found in PATH; install util-linux, which has it" : `could not be run: ${code}`;
  return new LockToolError(`the program flock ${what}`, { cause: error });
}
