import type { AppendAnswers, Written } from "./append-process.js";
import { AskedProcess } from "./asked-process.js";

/** Writers in a process of their own. */
export type Writers = AskedProcess<AppendAnswers>;

/** Starts a process for writers. */
export function startWriters(): Promise<Writers> {
  return AskedProcess.start(new URL("./append-process.js", import.meta.url));
}

/** Entries that became durable in a second. */
export function entriesPerSecond({ entries, seconds }: Written): number {
  return entries / seconds;
}
