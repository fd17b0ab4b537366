import { setTimeout as delay } from "node:timers/promises";
import type { EntryInit } from "../../client/entries.js";

/** How long people and tools take before an entry comes, in milliseconds; what a machine adds comes at once. */
const PACE_MS: Partial<Record<NonNullable<NonNullable<EntryInit["kind"]>["case"]>, number>> = {
  userInput: 1800,
  assistantItem: 900,
  toolResult: 1400,
  systemItem: 1500,
  runCompleted: 400,
};

/** Waits before an entry as long as people would. */
export async function humanPace({ kind }: EntryInit, signal: AbortSignal): Promise<void> {
  const ms = kind?.case === undefined ? undefined : PACE_MS[kind.case];
  if (ms !== undefined) await delay(ms, undefined, { signal });
}
