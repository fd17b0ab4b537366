import { spawn } from "node:child_process";

/** Exit code of a daemon that had to give up (EX_SOFTWARE). */
export const FAILED_EXIT_CODE = 70;

/** Ends its parent, if that is still there after a second. */
const KILL_LATER = 'sleep 1; read -r _ _ _ parent _ </proc/self/stat; [ "$parent" = "$1" ] && kill -KILL "$1"';

/**
 * Ends this process at once, whatever it is busy with.
 *
 * `process.exit` waits for the threads of Node's pool: where one hangs in the disk, it never returns
 * (tried with a read that blocks). A child then kills this process after a second, which gives 137
 * instead of the exit code.
 */
export function endProcess(exitCode: number): never {
  try {
    spawn("/bin/sh", ["-c", KILL_LATER, "sh", String(process.pid)], { stdio: "ignore" }).on("error", () => undefined);
  } catch {
    // Out of processes or descriptors: the plain way is left.
  }
  process.exit(exitCode);
}
