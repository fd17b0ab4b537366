import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type PutOptions, type RootDatabase } from "lmdb";
import { conversationEntries } from "../load/conversation.js";

/** LMDB in the process of the bench, with the records of the store. */
export interface LmdbFloor {
  /** Entries in a second, so many to a record, with so many records waiting for their commit at once. */
  entriesPerSecond(load: {
    readonly entriesPerRecord: number;
    readonly entryBytes: number;
    readonly inFlight: number;
    readonly seconds: number;
  }): Promise<number>;
  stop(): Promise<void>;
}

/** What the store adds: to an entry its index, position and time, to a record its head. In bytes. */
const ENTRY_STAMP_BYTES = 24;
const RECORD_HEAD_BYTES = 45;

/** A segment's head, written with each append. In bytes. */
const SEGMENT_HEAD_BYTES = 72;

/** Puts behind the last key. The library knows it, its types do not. */
const PUT_LAST = { append: true } as unknown as PutOptions;

/**
 * Opens a database that is flushed as the store's is. Writers whose transactions wait together share a commit and its
 * flush; each puts what an Append puts: the record behind all others, where it begins, and the segment's head.
 */
export async function startLmdbFloor(folder: string): Promise<LmdbFloor> {
  const path = join(folder, "lmdb");
  mkdirSync(path);
  const encodings = { encoding: "binary", keyEncoding: "binary", cache: false } as const;
  const tables = open<Buffer, Buffer>({ path, ...encodings, mapSize: 64 * 2 ** 30, overlappingSync: false });
  const feed = tables.openDB<Buffer, Buffer>({ name: "feed", ...encodings });
  const store = new RecordStore(tables, feed);
  return {
    entriesPerSecond: async ({ entriesPerRecord, entryBytes, inFlight, seconds }) => {
      const records = recordsOf(entriesPerRecord, entryBytes);
      const startMs = performance.now();
      const endMs = startMs + seconds * 1000;
      let written = 0;
      const writeOn = async () => {
        for (; performance.now() < endMs; written++) await store.add(records[written % records.length] ?? Buffer.alloc(0));
      };
      await Promise.all(Array.from({ length: inFlight }, writeOn));
      return (written * entriesPerRecord) / ((performance.now() - startMs) / 1000);
    },
    stop: () => tables.close(),
  };
}

class RecordStore {
  readonly #tables: RootDatabase<Buffer, Buffer>;
  readonly #feed: Database<Buffer, Buffer>;
  readonly #segmentId = Buffer.alloc(16, 7);
  readonly #head = Buffer.alloc(SEGMENT_HEAD_BYTES, 1);
  #position = 0;

  constructor(tables: RootDatabase<Buffer, Buffer>, feed: Database<Buffer, Buffer>) {
    this.#tables = tables;
    this.#feed = feed;
  }

  /** Resolves when the record is durable. */
  async add(record: Buffer): Promise<void> {
    await this.#tables.transaction(() => {
      const position = numberBytes(this.#position++);
      this.#feed.putSync(Buffer.concat([Buffer.from([0xff]), position]), record, PUT_LAST);
      this.#tables.putSync(Buffer.concat([Buffer.from("I"), this.#segmentId, position]), position);
      this.#tables.putSync(Buffer.concat([Buffer.from("S"), this.#segmentId]), this.#head);
    });
  }
}

function recordsOf(entriesPerRecord: number, entryBytes: number): readonly Buffer[] {
  const count = Math.max(1, Math.min(64, Math.floor((16 * 2 ** 20) / (entriesPerRecord * entryBytes))));
  const entries = conversationEntries(Math.min(1000, count * entriesPerRecord), entryBytes);
  return Array.from({ length: count }, (_, record) => {
    const own = Array.from({ length: entriesPerRecord }, (_entry, i) => entries[(record * entriesPerRecord + i) % entries.length]);
    const stamps = Buffer.alloc(RECORD_HEAD_BYTES + ENTRY_STAMP_BYTES * entriesPerRecord);
    return Buffer.concat([stamps, ...own.map((entry) => entry ?? new Uint8Array())]);
  });
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
