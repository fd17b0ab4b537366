import { Engine } from "../engine.js";
import { MAP_BYTES_DEFAULT } from "../map-bytes.js";
import { key, keyAfter, TABLE } from "../tables/keys.js";

/*
 * A program: node library-reader.js DIR
 *
 * Opens a store with the database library, to be read only, goes through all that it gives, and prints how many keys
 * and how many records of the feed that were. A process of its own, because a damaged file may end it.
 */

const FIRST_KEY = Uint8Array.of(0);
const FEED = key(TABLE.feed);

const [dir = "."] = process.argv.slice(2);
const engine = new Engine(dir, MAP_BYTES_DEFAULT, { readOnly: true });
engine.openFeed();
const reader = engine.read();
let keys = 0;
for (const { key: found } of reader.range({ start: FIRST_KEY, end: FEED })) if (isOfTable(found)) keys++;
let records = 0;
for (const _ of reader.range({ start: FEED, end: keyAfter(FEED) })) records++;
process.stdout.write(JSON.stringify({ keys, records }));
await engine.close();

/** The tables' tree has one key more: that of the feed's. */
function isOfTable(found: Buffer): boolean {
  return !found.equals(Buffer.from("feed\0"));
}
