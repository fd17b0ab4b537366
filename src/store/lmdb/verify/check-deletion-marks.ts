import { segmentIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { decodeRecord } from "../tables/feed.js";
import { key, TABLE } from "../tables/keys.js";
import { ValueReader } from "../values/value-reader.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Deletion marks: each leads to the event of a deletion. */
export function checkDeletionMarks(check: Check, { reader }: StoreView): void {
  for (const found of reader.range(under(key(TABLE.deletionMarks)))) {
    check.looked();
    const place = found.key[1] === 0 ? { segmentId: segmentIdAt(found.key, 2) } : {};
    const position = reading(check, place, () => new ValueReader(found.key, found.value).varint());
    if (position === undefined) continue;
    const eventKey = key(TABLE.feed, position);
    const value = reader.get(eventKey);
    const type = value === undefined ? undefined : reading(check, place, () => decodeRecord({ key: eventKey, value }).type);
    check.hold(type === "segmentDeleted" || type === "sessionDeleted", `leads to position ${position}, which is no deletion`, place);
  }
}
