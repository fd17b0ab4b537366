import { readdirSync, readFileSync } from "node:fs";

/** What a process takes. */
export interface ProcessUse {
  /** Memory of its own, without what it maps of files. In bytes. */
  readonly memoryBytes: number;
  readonly descriptorCount: number;
}

/** What a process takes now, as the system tells it. */
export function processUse(pid: number): ProcessUse {
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return { memoryBytes: Number(kib) * 1024, descriptorCount: readdirSync(`/proc/${pid}/fd`).length };
}
