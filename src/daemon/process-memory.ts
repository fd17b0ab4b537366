import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ProcessMemory } from "../transport/memory-watch.js";

/** The memory of this process. The store's file is mapped too, and belongs to the system: it does not count. */
export const PROCESS_MEMORY: ProcessMemory = {
  anonymousBytes() {
    try {
      return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? 0) * 1024;
    } catch {
      return process.memoryUsage.rss(); // no Linux, or no file descriptor left
    }
  },
  usedBytes() {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
};

let collect: (() => void) | undefined;

/** V8 lets garbage lie while little is allocated, as when everything is refused. */
function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void; // a function of V8's own, which the flag makes
  }
  collect();
}
