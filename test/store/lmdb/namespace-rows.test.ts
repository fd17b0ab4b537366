import { expect, test } from "vitest";
import { TABLE } from "../../../src/store/lmdb/tables/keys.js";
import { said, segment, session } from "../contract/sample-entries.js";
import { aSegment, done, fork } from "../contract/writes.js";
import { closedStore } from "./closed-store.js";

test("what is deleted leaves no row in its namespace", async () => {
  const closed = await closedStore(async (store) => {
    const a = store.seenBy({ namespace: "team-a", seesAll: false });
    for (const [n, of] of [store, a, a].entries())
      await aSegment(of, { session: session(n), segment: segment(100 + n), entries: [said("x")] });
    await fork(a, segment(101), segment(103));
    await done(a.deleteSegment({ segmentId: segment(102) }));
    await done(a.deleteSession({ sessionId: session(1) }));
    await done(store.deleteSession({ sessionId: session(0) }));
    await aSegment(store, { session: session(1), segment: segment(101) }); // waits until all of it is removed
  });

  const rows = await closed.keysOf(TABLE.namespaces);

  expect(rows.map((row) => row.subarray(1, row.indexOf(0)).toString())).toEqual(["default", "default", "team-a"]);
});
