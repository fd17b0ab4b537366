import { readFileSync } from "node:fs";
import type { DaemonConfig } from "../../daemon/config/load-config.js";
import { sizeText } from "../size-text.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";

const FILES_WANTED = 1024;
const MEMORY_WANTED_BYTES = 256 * 2 ** 20;

/** Whether this process is allowed what a daemon needs: open files, address space for the map, memory. */
export function examineLimits({ mapSizeBytes }: DaemonConfig): Diagnosis {
  const table = readFileSync("/proc/self/limits", "utf8");
  const files = softLimit(table, "Max open files");
  const addressBytes = softLimit(table, "Max address space");
  const memoryBytes = process.constrainedMemory();
  if (addressBytes < mapSizeBytes)
    return fail(`address space of ${sizeText(BigInt(addressBytes))} has no room for the map; raise ulimit -v, or lower --map-size`);
  if (files < FILES_WANTED) return warn(`${files} open files; raise ulimit -n to ${FILES_WANTED} or more`);
  // A process without a limit is told of one that no machine has, or of 0.
  const isConstrained = memoryBytes > 0 && memoryBytes < 2 ** 50;
  if (isConstrained && memoryBytes < MEMORY_WANTED_BYTES)
    return warn(`memory of ${sizeText(BigInt(memoryBytes))}; give it ${sizeText(BigInt(MEMORY_WANTED_BYTES))} or more`);
  return ok(`${files} open files, memory ${isConstrained ? `of ${sizeText(BigInt(memoryBytes))}` : "unlimited"}`);
}

/** Infinite where the table says unlimited, or nothing. */
function softLimit(table: string, name: string): number {
  const [, text] = new RegExp(`^${name} +(\\S+)`, "m").exec(table) ?? [];
  return text === undefined || text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}
