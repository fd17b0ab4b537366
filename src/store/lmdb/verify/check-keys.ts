import { ID_BYTES } from "../../../model/id.js";
import { TABLE } from "../tables/keys.js";
import type { Check } from "./check.js";
import type { StoreView } from "./store-view.js";

const NUMBER_BYTES = 8;
const DIGEST_BYTES = 16;

/** Bytes of the keys of each table of the tables' tree. */
const KEY_BYTES: ReadonlyMap<number | undefined, number> = new Map([
  [TABLE.storeMeta, 6],
  [TABLE.sessions, 1 + ID_BYTES],
  [TABLE.dependents, 1 + ID_BYTES + NUMBER_BYTES + ID_BYTES],
  [TABLE.membership, 1 + ID_BYTES + ID_BYTES],
  [TABLE.sessionEvents, 1 + ID_BYTES + NUMBER_BYTES],
  [TABLE.segmentIndex, 1 + ID_BYTES + NUMBER_BYTES],
  [TABLE.turns, 1 + ID_BYTES + NUMBER_BYTES],
  [TABLE.purges, 1],
  [TABLE.requestIds, 1 + DIGEST_BYTES],
  [TABLE.requestExpiry, 1 + NUMBER_BYTES + DIGEST_BYTES],
  [TABLE.segmentHeads, 1 + ID_BYTES],
  [TABLE.tokens, 1 + ID_BYTES],
  [TABLE.traces, 1 + ID_BYTES + NUMBER_BYTES],
]);

/** Bytes of the shortest keys of tables that have names in them. */
const NAMED_KEY_BYTES: ReadonlyMap<number | undefined, number> = new Map([
  [TABLE.deletionMarks, 2 + ID_BYTES],
  [TABLE.namespaces, 3 + ID_BYTES],
]);

const FIRST_KEY = Uint8Array.of(0);
const BEHIND_TABLES = Uint8Array.of(TABLE.feed - 1, 0xff);

/** Keys: each is one of a table. */
export function checkKeys(check: Check, { reader }: StoreView): void {
  for (const { key } of reader.range({ start: FIRST_KEY, end: BEHIND_TABLES })) {
    check.looked();
    const isNamed = key.length >= (NAMED_KEY_BYTES.get(key[0]) ?? Number.POSITIVE_INFINITY);
    check.hold(isNamed || KEY_BYTES.get(key[0]) === key.length, `of ${key.length} bytes is of no table`);
  }
}
