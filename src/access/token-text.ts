import { createHash, randomBytes } from "node:crypto";
import type { TokenId } from "../model/id.js";

const SECRET_BYTES = 32;

/** Begins as every token does, so that scanners for secrets know it; its id; 256 bits from the system's generator. */
const TOKEN_PATTERN = /^seglog_([0-7][0-9A-HJKMNP-TV-Z]{25})_[A-Za-z0-9_-]{43}$/;

/** The longest header that may hold a token, in characters. */
const HEADER_CHARS_MAX = 256;

/** A new token: `seglog_ID_SECRET`. */
export function newTokenText(tokenId: TokenId): string {
  return `seglog_${tokenId}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** What is kept of a token, to know it again. Its 256 bits are random: there is nothing to slow a guesser down for. */
export function digestOfToken(text: string): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(text).digest());
}

/** The token of an authorization header and the id that stands in it; undefined where it has none of ours. */
export function tokenInHeader(header: string): { readonly text: string; readonly tokenId: TokenId } | undefined {
  if (header.length > HEADER_CHARS_MAX) return undefined;
  const text = /^Bearer +(\S+)$/i.exec(header)?.[1] ?? "";
  const tokenId = TOKEN_PATTERN.exec(text)?.[1];
  return tokenId === undefined ? undefined : { text, tokenId: tokenId as TokenId }; // the pattern is that of a ULID
}
