import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DATA_FILE } from "../../../src/store/lmdb/engine.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { idOf } from "../contract/sample-entries.js";

const MARKER = "STORE";

test.each<[string, (dir: string) => unknown, string]>([
  ["is gone", (dir) => rmSync(join(dir, DATA_FILE)), `has lost its ${DATA_FILE}; put the store back, or begin anew in another folder`],
  [
    "was emptied",
    (dir) => truncateSync(join(dir, DATA_FILE)),
    `has a ${DATA_FILE} that was emptied; put the store back, or begin anew in another folder`,
  ],
  [
    "is another's",
    (dir) => anotherStoreIn(dir),
    `holds store ${idOf(2)}; wanted ${idOf(1)}, which was made in it; put the store back, or remove STORE to go on with the one that is there`,
  ],
])("a store whose database %s is refused untouched, where LMDB would begin a new one", async (_, change, told) => {
  const dir = await aClosedStore();
  await change(dir);
  const before = filesOf(dir);

  const opened = openLmdbStore({ dir, newId: () => idOf(9) });

  await expect(opened).rejects.toThrow(`folder ${dir} ${told}`);
  expect(filesOf(dir)).toEqual(before);
});

test("a store whose marker says nothing is refused", async () => {
  const dir = await aClosedStore();
  writeFileSync(join(dir, MARKER), "");

  await expect(openLmdbStore({ dir, newId: () => idOf(9) })).rejects.toThrow(`folder ${dir} has a STORE that names no store`);
});

test("a store without a marker gets one, for its owner alone", async () => {
  const dir = await aClosedStore();
  rmSync(join(dir, MARKER));

  await aClosedStore(1, dir);

  expect(readFileSync(join(dir, MARKER), "utf8")).toBe(`seglog store ${idOf(1)}\n`);
  expect(statSync(join(dir, MARKER)).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).toSorted()).toEqual(["LOCK", MARKER, DATA_FILE, "lock.mdb"]);
});

/** The folder of a store that was made, with the n-th id, and closed again. */
async function aClosedStore(n = 1, dir = temporaryFolder()): Promise<string> {
  const store = await openLmdbStore({ dir, newId: () => idOf(n), mapBytes: 2 ** 30 });
  onTestFinished(() => store.close());
  await store.close();
  return dir;
}

async function anotherStoreIn(dir: string): Promise<void> {
  renameSync(join(await aClosedStore(2), DATA_FILE), join(dir, DATA_FILE));
}

/** What lies in a folder, with its bytes; LOCK says who looked last. */
function filesOf(dir: string): ReadonlyMap<string, string> {
  const names = readdirSync(dir).filter((name) => name !== "LOCK" && name !== "lock.mdb");
  return new Map(names.map((name) => [name, readFileSync(join(dir, name), "latin1")]));
}
