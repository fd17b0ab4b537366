import { openSync, readSync } from "node:fs";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ProcessMemory } from "../transport/memory-watch.js";

/** Room for all of the status, which is about 1,500 bytes. */
const STATUS_BYTES_MAX = 4096;

/**
 * The memory of this process. The store's file is mapped too, and belongs to the system: it does not count.
 *
 * What it needs of the system it opens once: it is asked when descriptors have run out, too, and so cannot use
 * process.memoryUsage, which takes one for each call and throws where there is none.
 */
export const PROCESS_MEMORY = processMemory();

function processMemory(): ProcessMemory {
  const status = openStatus();
  const buffer = Buffer.alloc(STATUS_BYTES_MAX);
  return {
    anonymousBytes() {
      if (status === undefined) return process.memoryUsage.rss();
      const text = buffer.toString("latin1", 0, readSync(status, buffer, 0, STATUS_BYTES_MAX, 0));
      return Number(/^RssAnon:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
    },
    usedBytes() {
      collectGarbage();
      const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
      return heapBytes + externalBytes;
    },
  };
}

/** A descriptor of what the system says of this process, for as long as it lives; undefined where there is no Linux. */
function openStatus(): number | undefined {
  try {
    return openSync("/proc/self/status", "r");
  } catch {
    return undefined;
  }
}

let collect: (() => void) | undefined;

/** V8 lets garbage lie while little is allocated, as when everything is refused. */
function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void; // a function of V8's own, which the flag makes
  }
  collect();
}
