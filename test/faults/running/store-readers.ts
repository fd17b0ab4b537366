import { join } from "node:path";
import { open } from "lmdb";

/** A process that reads a store, and the snapshot that it keeps from being written over. */
export interface StoreReader {
  readonly pid: number;
  readonly snapshot: number;
}

/** Looks into the table of a store's readers, as any other process may. */
export class StoreReaders {
  readonly #db: ReturnType<typeof open>;

  /** @param folder of the store */
  constructor(folder: string) {
    this.#db = open({ path: join(folder, "data.mdb"), readOnly: true, noSubdir: true, maxReaders: 1024 });
  }

  /** Those of a process that hold a snapshot now. */
  of(pid: number): readonly StoreReader[] {
    const rows = this.#db.readerList().split("\n");
    return rows.flatMap((row) => {
      const [, reader, snapshot] = /^\s*(\d+)\s+[0-9a-f]+\s+(\d+)\s*$/.exec(row) ?? [];
      return Number(reader) === pid ? [{ pid, snapshot: Number(snapshot) }] : [];
    });
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
