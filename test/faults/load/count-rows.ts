import type { Trial } from "./trial.js";

/** What trials came to, under the names that a person reads. */
export function countRows(trials: readonly Trial[]): Record<string, number> {
  const counts = trials.map((trial) => trial.counts);
  const sum = (name: keyof (typeof counts)[number]) => counts.reduce((total, each) => total + each[name], 0);
  return {
    "operations acknowledged": sum("operations"),
    "entries acknowledged": sum("entries"),
    "bytes acknowledged": sum("bytes"),
    "operations without an answer": sum("unknownStored") + sum("unknownAbsent"),
    "  were in the store": sum("unknownStored"),
    "entries that tails gave": sum("delivered"),
    "cuts and deletions that tails gave": sum("deliveredEvents"),
  };
}
