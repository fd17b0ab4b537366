import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./reader-list.js", import.meta.url));

/**
 * The processes that hold a state of a store which a daemon has open; undefined where they cannot be listed. Asked in a
 * process of its own, which opens the store to be read only.
 */
export async function readersOf(dir: string): Promise<readonly number[] | undefined> {
  const child = spawn(process.execPath, [PROGRAM, dir], { stdio: ["ignore", "pipe", "ignore"] });
  const end = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [printed, exitCode] = await Promise.all([text(child.stdout), end]);
  if (exitCode !== 0) return undefined;
  // After a heading each line begins with the process.
  const pids = [...printed.matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid));
  return pids.filter((pid) => pid !== child.pid);
}
