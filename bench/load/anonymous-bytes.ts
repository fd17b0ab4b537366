import { readFileSync } from "node:fs";

/** Bytes of memory that a process has for itself, which no file stands behind: RssAnon. A store's pages are not in it. */
export function anonymousBytesOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
