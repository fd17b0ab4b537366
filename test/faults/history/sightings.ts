import type { History, SeenEntry } from "./history.js";
import { messageText, readText, tailText } from "./in-words.js";

/** An entry that somebody was shown. */
export interface Sighting {
  readonly entry: SeenEntry;
  /** By whom: what was there in the end counts for more than what was shown on the way. */
  readonly by: "final" | "tail" | "read";
  /** Who it was, as evidence. */
  readonly source: () => string;
}

/** Everything that anybody was shown, what was there in the end first. */
export function* sightings({ final, tails, reads }: History): Generator<Sighting> {
  for (const segment of final) {
    const source = () => `the end, segment ${segment.segmentId}`;
    for (const entry of segment.entries) yield { entry, by: "final", source };
  }
  for (const tail of tails) {
    for (const message of tail.messages) {
      const source = () => `${tailText(tail)}: ${messageText(message)}`;
      for (const entry of message.event.type === "entries" ? message.event.entries : []) yield { entry, by: "tail", source };
    }
  }
  for (const read of reads) {
    const source = () => readText(read);
    for (const entry of read.found.type === "entries" ? read.found.entries : []) yield { entry, by: "read", source };
  }
}

/** Whether two were at one place. */
export function isSamePlace(a: SeenEntry, b: SeenEntry): boolean {
  return a.position === b.position && a.index === b.index && a.segmentId === b.segmentId;
}
