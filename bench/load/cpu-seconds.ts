import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, its threads' included and its children's not. */
export function cpuSecondsOf(pid: number | undefined): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Seconds of processor time that children of the bench used which have ended and were waited for. */
export function reapedCpuSeconds(): number {
  const fields = statFields("self");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

function statFields(pid: number | "self" | undefined): readonly string[] {
  // The name in parentheses may hold spaces; what stands behind it does not.
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
}
