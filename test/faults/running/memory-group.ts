import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotRunError } from "../proof.js";
import { eventually } from "./eventually.js";

/** Where groups of processes are made whose memory is limited, and the file that limits it: of version 1, and of 2. */
const HIERARCHIES = [
  ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
  ["/sys/fs/cgroup", "memory.max"],
] as const;

let count = 0;

/**
 * Lets something run a command in a group whose memory is limited; the group goes once its last process has ended.
 *
 * @param work is given what to run the command under
 * @throws CannotRunError where no such group can be made
 */
export async function inMemoryGroup<Result>(bytes: number, work: (under: readonly string[]) => Promise<Result>): Promise<Result> {
  const group = makeGroup(bytes);
  try {
    return await work(["/bin/sh", "-c", `echo $$ >${group}/cgroup.procs && exec "$@"`, "sh"]);
  } finally {
    await eventually("the cgroup can be removed", () => isRemoved(group));
  }
}

function makeGroup(bytes: number): string {
  for (const [root, file] of HIERARCHIES) {
    const group = join(root, `seglog-proof-${process.pid}-${++count}`);
    try {
      mkdirSync(group);
    } catch {
      continue; // it is not there, or not ours
    }
    if (!existsSync(join(group, file))) {
      rmdirSync(group);
      continue;
    }
    writeFileSync(join(group, file), String(bytes));
    return group;
  }
  throw new CannotRunError("cgroup that limits memory");
}

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
