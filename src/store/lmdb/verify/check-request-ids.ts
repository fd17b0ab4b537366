import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { ValueReader } from "../values/value-reader.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Tag and number in a key of the expiry, before the digest. */
const DIGEST_AT = 9;

/**
 * Request ids and their expiry: each id has the expiry of its time, so that it is forgotten, and each expiry an id: one
 * that were lost would have its request done again.
 */
export function checkRequestIds(check: Check, { reader }: StoreView): void {
  for (const found of reader.range(under(key(TABLE.requestIds)))) {
    check.looked();
    const timeMs = reading(check, {}, () => new ValueReader(found.key, found.value).varint());
    if (timeMs === undefined) continue;
    const isThere = reader.get(key(TABLE.requestExpiry, timeMs, found.key.subarray(1))) !== undefined;
    check.hold(isThere, `of ${new Date(timeMs).toISOString()} has no expiry`);
  }
  for (const found of reader.range(under(key(TABLE.requestExpiry)))) {
    check.looked();
    const isThere = reader.get(key(TABLE.requestIds, found.key.subarray(DIGEST_AT))) !== undefined;
    check.hold(isThere, "is missing, and its expiry is there");
  }
}
