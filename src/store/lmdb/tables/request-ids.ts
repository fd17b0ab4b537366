import { createHash } from "node:crypto";
import { SeglogError } from "../../../model/errors.js";
import { REQUEST_ID_KEPT_MS } from "../../../model/limits.js";
import type { Sight } from "../../../model/namespace.js";
import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, lastNumber, TABLE } from "./keys.js";

const DIGEST_BYTES = 16;
const EMPTY = Buffer.alloc(0);

/*
 * Each namespace has ids of its own, so that no answer of another one can be got by its id; so have, together, those who
 * see all. `space` tells them apart: see spaceOf.
 */

/** What the ids of a caller are told apart by. */
export function spaceOf({ seesAll, namespace }: Sight): string {
  return seesAll ? "" : `\0${namespace}`; // no id has a NUL
}

/**
 * The answer that a request got before.
 *
 * @throws SeglogError REQUEST_ID_REUSED where the id stood for another request
 */
export function recallAnswer(
  reader: Reader,
  request: { readonly id: string; readonly digest: Uint8Array },
  nowMs: number,
  space = "",
): Buffer | undefined {
  const idKey = key(TABLE.requestIds, digestOfId(request.id, space));
  const value = reader.get(idKey);
  if (value === undefined) return undefined;
  const fields = new ValueReader(idKey, value);
  const timeMs = fields.varint();
  if (timeMs + REQUEST_ID_KEPT_MS <= nowMs) return undefined;
  if (!fields.bytes(DIGEST_BYTES).equals(request.digest)) {
    throw new SeglogError("REQUEST_ID_REUSED", "request_id was used for another request; take a new one for each");
  }
  return fields.rest();
}

/** Keeps an answer with its request id. */
export function rememberAnswer(
  writer: Writer,
  request: { readonly id: string; readonly digest: Uint8Array },
  answer: Uint8Array,
  nowMs: number,
  space = "",
): void {
  const id = digestOfId(request.id, space);
  const idKey = key(TABLE.requestIds, id);
  writer.put(idKey, new ValueWriter().varint(nowMs).bytes(request.digest).bytes(answer).sealedFor(idKey));
  writer.put(key(TABLE.requestExpiry, nowMs, id), EMPTY);
}

/** Forgets up to `countMax` request ids whose time is over; says how many. */
export function forgetExpired(writer: Writer, nowMs: number, countMax: number): number {
  const end = key(TABLE.requestExpiry, Math.max(0, nowMs - REQUEST_ID_KEPT_MS));
  const expired: Buffer[] = [];
  for (const found of writer.range({ start: key(TABLE.requestExpiry), end })) {
    expired.push(found.key);
    if (expired.length === countMax) break;
  }
  for (const expiryKey of expired) {
    const id = expiryKey.subarray(-DIGEST_BYTES);
    const idKey = key(TABLE.requestIds, id);
    const value = writer.get(idKey);
    const timeMs = lastNumber(expiryKey.subarray(0, -DIGEST_BYTES));
    // The id may have been taken again since; then a later expiry stands for it.
    if (value !== undefined && new ValueReader(idKey, value).varint() === timeMs) writer.remove(idKey);
    writer.remove(expiryKey);
  }
  return expired.length;
}

function digestOfId(id: string, space: string): Buffer {
  return createHash("sha256").update(id).update(space).digest().subarray(0, DIGEST_BYTES);
}
