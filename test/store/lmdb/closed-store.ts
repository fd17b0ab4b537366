import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DATA_FILE, Engine, under } from "../../../src/store/lmdb/engine.js";
import type { LmdbSegmentStore } from "../../../src/store/lmdb/lmdb-segment-store.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { key } from "../../../src/store/lmdb/tables/keys.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { STORE_ID } from "./lmdb-stores.js";

const MAP_BYTES = 2 ** 30;

/** A store that is closed, to be looked into and damaged behind its back. */
export interface ClosedStore {
  readonly dir: string;
  valueOf(key: Buffer): Promise<Buffer>;
  keysOf(table: number): Promise<readonly Buffer[]>;
  put(key: Buffer, value: Buffer): Promise<void>;
  remove(key: Buffer): Promise<void>;
  /** Flips a bit of one byte of a value, wherever that stands in the file. */
  flip(value: Buffer, byte: number): void;
  /** Opens it. It is closed when the test is over, if it is not before. */
  open(): Promise<LmdbSegmentStore>;
}

/** Makes a store, fills it and closes it. */
export async function closedStore(fill: (store: SegmentStore) => Promise<void>): Promise<ClosedStore> {
  const dir = temporaryFolder();
  const file = join(dir, DATA_FILE);
  const open = () => openLmdbStore({ dir, newId: () => STORE_ID, allowDamaged: true });
  const store = await open();
  await fill(store);
  await store.close();

  const withEngine = async <Result>(work: (engine: Engine) => Promise<Result> | Result): Promise<Result> => {
    const engine = new Engine(dir, MAP_BYTES);
    engine.openFeed();
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  };
  return {
    dir,
    valueOf: (of) => withEngine((engine) => Buffer.from(engine.read().get(of) ?? [])),
    keysOf: (table) => withEngine((engine) => Array.from(engine.read().range(under(key(table))), (found) => Buffer.from(found.key))),
    put: (at, value) => withEngine((engine) => engine.commit((writer) => writer.put(at, value))),
    remove: (at) => withEngine((engine) => engine.commit((writer) => writer.remove(at))),
    flip: (value, byte) => flipIn(file, value, byte),
    open: async () => {
      const opened = await open();
      onTestFinished(() => opened.close());
      return opened;
    },
  };
}

/** LMDB leaves old copies of a page behind; all of them are flipped. A flip of the flipped one is undone. */
function flipIn(file: string, value: Buffer, byte: number): void {
  const bytes = readFileSync(file);
  const flipped = Buffer.from(value);
  flipped[byte] = (flipped[byte] ?? 0) ^ 0x10;
  let count = 0;
  for (const [from, to] of [
    [value, flipped],
    [flipped, value],
  ] as const) {
    if (count > 0) break;
    for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + to.length)) {
      to.copy(bytes, at);
      count++;
    }
  }
  if (count === 0) throw new Error("the value does not stand in the file");
  writeFileSync(file, bytes);
}
