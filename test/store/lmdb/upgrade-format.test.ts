import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Engine, under } from "../../../src/store/lmdb/engine.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { key, TABLE } from "../../../src/store/lmdb/tables/keys.js";
import { FORMAT_VERSION, writeStoreMeta } from "../../../src/store/lmdb/tables/store-meta.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { said, segment, session } from "../contract/sample-entries.js";
import { readFeedWhole } from "../contract/whole-reads.js";
import { append, aSegment, fork } from "../contract/writes.js";
import { STORE_ID } from "./lmdb-stores.js";

test("a store of format 1, which had no namespaces, opens with all that is in it in the default one", async () => {
  const dir = join(temporaryFolder(), "data");
  const options = { dir, newId: () => STORE_ID };
  const first = await openLmdbStore(options);
  for (const n of [1, 2, 3]) await aSegment(first, { session: session(n), segment: segment(100 + n), entries: [said("before")] });
  await fork(first, segment(101), segment(104));
  await first.close();
  await makeFormat1(dir);

  const store = await openLmdbStore({ ...options, quotas: { defaults: { sessionsMax: 3 }, byName: new Map() } });
  onTestFinished(() => store.close());

  expect(await store.status()).toMatchObject({ storeId: STORE_ID, formatVersion: FORMAT_VERSION });
  const seen = store.seenBy({ namespace: "default", seesAll: false });
  expect(await seen.listSessions({ limit: 10 })).toEqual(await store.listSessions({ limit: 10 }));
  expect(await seen.listSegments({ limit: 10 })).toHaveLength(4);
  expect(await readFeedWhole(seen, { type: "store" })).toHaveLength(7);
  expect(await append(seen, segment(101), [said("after")])).toMatchObject({ firstIndex: 2 });
  expect(await seen.namespaceUse()).toMatchObject({ sessionCount: 3 });
  await expect(store.seenBy({ namespace: "other", seesAll: false }).getSession(session(1))).rejects.toMatchObject({
    reason: "SESSION_NOT_FOUND",
  });
});

/** The default namespace stands in no value, so that all there is to take away are the rows of namespaces and the version. */
async function makeFormat1(dir: string): Promise<void> {
  const engine = new Engine(dir, 2 ** 30);
  const rows = Array.from(engine.read().range(under(key(TABLE.namespaces))), (found) => Buffer.from(found.key));
  await engine.commit((writer) => {
    for (const row of rows) writer.remove(row);
    writeStoreMeta(writer, { formatVersion: 1, storeId: STORE_ID });
  });
  await engine.close();
  expect(rows).toHaveLength(7);
}
