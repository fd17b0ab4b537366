import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** Version of the schema in keys.ts. A store of a newer one is refused untouched. */
export const FORMAT_VERSION = 2;

/** The store was written by a newer seglog. */
export class NewerFormatError extends Error {
  override readonly name = "NewerFormatError";

  constructor(readonly found: number) {
    super(`the store has format ${found}, this seglog reads formats up to ${FORMAT_VERSION}: run the seglog that wrote it, or a newer one`);
  }
}

/** What a store is called and which schema it has. */
export interface StoreMeta {
  readonly formatVersion: number;
  /** ULID. */
  readonly storeId: string;
}

const META_KEY = key(TABLE.storeMeta, Buffer.from("store"));
const STORE_ID_CHARS = 26;

/**
 * Reads it; undefined in a new store.
 *
 * @throws NewerFormatError
 */
export function readStoreMeta(reader: Reader): StoreMeta | undefined {
  const value = reader.get(META_KEY);
  if (value === undefined) return undefined;
  const fields = new ValueReader(META_KEY, value);
  // The version comes first in every format, so that a newer one can be told.
  const formatVersion = fields.varint();
  if (formatVersion > FORMAT_VERSION) throw new NewerFormatError(formatVersion);
  return { formatVersion, storeId: fields.bytes(STORE_ID_CHARS).toString("latin1") };
}

/** Writes it: in a new store, and where a format is brought up to date. */
export function writeStoreMeta(writer: Writer, meta: StoreMeta): void {
  const value = new ValueWriter().varint(meta.formatVersion).bytes(Buffer.from(meta.storeId, "latin1"));
  writer.put(META_KEY, value.sealedFor(META_KEY));
}
