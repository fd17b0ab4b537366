import { ROLES } from "../../../model/caller.js";
import { idBytes, type TokenId, tokenIdAt } from "../../../model/id.js";
import type { TokenRecord } from "../../token-store.js";
import { type Reader, under, type Writer } from "../engine.js";
import { BrokenSealError } from "../values/sealed.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

const DIGEST_BYTES = 32;

/** All tokens, by id; undefined in the place of one whose record fails its checksum. */
export function* allTokens(reader: Reader): Iterable<TokenRecord | undefined> {
  for (const found of reader.range(under(key(TABLE.tokens)))) {
    try {
      yield readToken(found.key, found.value);
    } catch (error) {
      if (!(error instanceof BrokenSealError)) throw error;
      yield undefined;
    }
  }
}

/** Writes a token. */
export function writeToken(writer: Writer, token: TokenRecord): void {
  const tokenKey = keyOf(token.tokenId);
  const value = new ValueWriter()
    .bytes(token.digest)
    .u8(ROLES.indexOf(token.role))
    .varint(token.createMs)
    .varint(token.expireMs ?? 0);
  for (const text of [token.namespace, token.name]) {
    const bytes = Buffer.from(text);
    value.varint(bytes.length).bytes(bytes);
  }
  writer.put(tokenKey, value.sealedFor(tokenKey));
}

/** Removes a token, where it is there. */
export function removeToken(writer: Writer, tokenId: TokenId): void {
  writer.remove(keyOf(tokenId));
}

function readToken(tokenKey: Buffer, value: Buffer): TokenRecord {
  const fields = new ValueReader(tokenKey, value);
  const text = () => fields.bytes(fields.varint()).toString();
  const digest = Uint8Array.from(fields.bytes(DIGEST_BYTES));
  const role = ROLES[fields.u8()];
  if (role === undefined) throw new BrokenSealError(tokenKey);
  const createMs = fields.varint();
  const expireMs = fields.varint();
  const namespace = text();
  const name = text();
  return { tokenId: tokenIdAt(tokenKey, 1), digest, role, namespace, name, createMs, expireMs: expireMs === 0 ? undefined : expireMs };
}

function keyOf(tokenId: TokenId): Buffer {
  return key(TABLE.tokens, idBytes(tokenId));
}
