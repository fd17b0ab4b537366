import { sessionIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { ValueReader } from "../values/value-reader.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Sessions: checksums. One may have no segments left. */
export function checkSessions(check: Check, { reader }: StoreView): void {
  for (const found of reader.range(under(key(TABLE.sessions)))) {
    check.looked();
    const isRead = reading(check, {}, () => new ValueReader(found.key, found.value).varint()) !== undefined;
    if (!isRead) check.find(`is that of session ${sessionIdAt(found.key, 1)}`);
  }
}
