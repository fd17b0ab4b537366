import { idBytes, sessionIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { readRecord } from "../tables/feed.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import { isEntries, type RecordCheck } from "./record-check.js";
import type { StoreView } from "./store-view.js";

/** Session events by themselves: each leads to an event of its session. */
export function checkSessionEventKeys(check: Check, { reader }: StoreView): void {
  for (const { key: found } of reader.range(under(key(TABLE.sessionEvents)))) {
    check.looked();
    const position = lastNumber(found);
    const event = reading(check, {}, () => readRecord(reader, position));
    const isItsEvent = event !== undefined && !isEntries(event) && event.sessionId === sessionIdAt(found, 1);
    check.hold(isItsEvent, `leads to position ${position}, which is no event of session ${sessionIdAt(found, 1)}`);
  }
}

/** Session events: each truncation and deletion of the feed is noted with its session, and nothing else. */
export function checkSessionEvents(check: Check, { reader }: StoreView): RecordCheck {
  let eventCount = 0;
  return {
    look(record) {
      if (isEntries(record)) return;
      eventCount++;
      check.looked();
      const noted = reader.get(key(TABLE.sessionEvents, idBytes(record.sessionId), record.position));
      check.hold(noted !== undefined, `does not have the event at position ${record.position} of session ${record.sessionId}`);
    },
    finish(isWhole) {
      if (!isWhole) return;
      let noted = 0;
      for (const _ of reader.range(under(key(TABLE.sessionEvents)))) noted++;
      check.hold(noted === eventCount, `has ${noted} events, and the feed ${eventCount}`);
    },
  };
}
