import type { Reader } from "../engine.js";
import { readRecord } from "../tables/feed.js";
import { type Purge, readPurges } from "../tables/purges.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";

const EVENT_OF = { session: "sessionDeleted", segment: "segmentDeleted", tail: "segmentTruncated" } as const;

/** Removals that are under way: each has its event in the feed. Gives them. */
export function checkPurges(check: Check, reader: Reader): readonly Purge[] {
  const purges = reading(check, {}, () => readPurges(reader)) ?? [];
  for (const purge of purges) {
    check.looked();
    const place = purge.type === "session" ? {} : { segmentId: purge.segmentId };
    const event = reading(check, place, () => readRecord(reader, purge.eventPosition));
    check.hold(event?.type === EVENT_OF[purge.type], `is a removal without its event at position ${purge.eventPosition}`, place);
  }
  return purges;
}
