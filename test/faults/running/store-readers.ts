import { open } from "lmdb";

/** Looks into the table of a store's readers, as any other process may. */
export class StoreReaders {
  readonly #db: ReturnType<typeof open>;

  /** @param folder of the store */
  constructor(folder: string) {
    this.#db = open({ path: folder, readOnly: true, noSubdir: false, maxReaders: 1024 });
  }

  /**
   * The snapshots that a process holds now.
   *
   * @throws Error where it is not in the table, which is another store's then
   */
  snapshotsOf(pid: number): readonly number[] {
    const rows = this.#db
      .readerList()
      .split("\n")
      .map((row) => row.trim().split(/\s+/));
    const own = rows.filter(([reader]) => reader === String(pid));
    if (own.length === 0) throw new Error(`process ${pid} is not among the readers of the store`);
    return own.flatMap(([, , snapshot]) => (snapshot === undefined || snapshot === "-" ? [] : [Number(snapshot)]));
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
