import { invalidField } from "./errors.js";

/** Id of a session: 128 bits, as the 26 upper-case characters of a ULID. */
export type SessionId = string & { readonly sessionId: unique symbol };

/** Id of a segment: 128 bits, as the 26 upper-case characters of a ULID. */
export type SegmentId = string & { readonly segmentId: unique symbol };

/** Id of a token: 128 bits, as the 26 upper-case characters of a ULID. */
export type TokenId = string & { readonly tokenId: unique symbol };

/** Length of an id as bytes. */
export const ID_BYTES = 16;

const ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const UUID_PATTERN = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Values of the 32 ULID digits by character code, in either case; 255 elsewhere. */
const ULID_VALUES = ulidValues();

/**
 * Reads an id in any accepted form: a ULID in either case, or a UUID with hyphens or as 32 hex digits.
 *
 * @returns the canonical form, or undefined where the text is none of these
 */
export function parseId(text: string): string | undefined {
  if (ULID_PATTERN.test(text)) return text.toUpperCase();
  if (UUID_PATTERN.test(text)) return formatId(hexBytes(text.replaceAll("-", "")));
  return undefined;
}

/**
 * Reads a session id.
 *
 * @throws SeglogError INVALID_FIELD, naming `path`
 */
export function parseSessionId(text: string, path = "session_id"): SessionId {
  return parseAt(text, path) as SessionId; // the brand is what was just proven
}

/**
 * Reads a segment id.
 *
 * @throws SeglogError INVALID_FIELD, naming `path`
 */
export function parseSegmentId(text: string, path = "segment_id"): SegmentId {
  return parseAt(text, path) as SegmentId; // the brand is what was just proven
}

/**
 * Reads the id of a token.
 *
 * @throws SeglogError INVALID_FIELD, naming `path`
 */
export function parseTokenId(text: string, path = "token_id"): TokenId {
  return parseAt(text, path) as TokenId; // the brand is what was just proven
}

/** The 16 bytes of an id, big-endian, so that byte order is id order. */
export function idBytes(id: SessionId | SegmentId | TokenId): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  writeId(id, bytes, 0);
  return bytes;
}

/** Writes the 16 bytes of an id at `offset`. */
export function writeId(id: SessionId | SegmentId | TokenId, target: Uint8Array, offset: number): void {
  // 26 digits of 5 bits are 130 bits; the first digit holds 3, so two bits of padding lead.
  let pending = 0;
  let pendingBits = -2;
  let at = offset;
  for (let i = 0; i < id.length; i++) {
    pending = ((pending << 5) | (ULID_VALUES[id.charCodeAt(i)] ?? 0)) & 0x1fff;
    pendingBits += 5;
    if (pendingBits >= 8) {
      pendingBits -= 8;
      target[at++] = pending >>> pendingBits;
    }
  }
}

/** The canonical text of the 16 id bytes at `offset`. */
export function formatId(bytes: Uint8Array, offset = 0): string {
  let text = "";
  let pending = 0;
  let pendingBits = 2;
  for (let i = 0; i < ID_BYTES; i++) {
    pending = ((pending << 8) | (bytes[offset + i] ?? 0)) & 0x1fff;
    pendingBits += 8;
    while (pendingBits >= 5) {
      pendingBits -= 5;
      text += ULID_ALPHABET[(pending >>> pendingBits) & 31];
    }
  }
  return text;
}

/** The session id that stands at `offset` of stored bytes. */
export function sessionIdAt(bytes: Uint8Array, offset: number): SessionId {
  return formatId(bytes, offset) as SessionId; // only a session id was ever written there
}

/** The segment id that stands at `offset` of stored bytes. */
export function segmentIdAt(bytes: Uint8Array, offset: number): SegmentId {
  return formatId(bytes, offset) as SegmentId; // only a segment id was ever written there
}

/** The token id that stands at `offset` of stored bytes. */
export function tokenIdAt(bytes: Uint8Array, offset: number): TokenId {
  return formatId(bytes, offset) as TokenId; // only a token id was ever written there
}

/** An id as a hyphenated lower-case UUID of the same 128 bits. */
export function idToUuid(id: SessionId | SegmentId): string {
  const hex = Array.from(idBytes(id), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function parseAt(text: string, path: string): string {
  const id = parseId(text);
  if (id === undefined) throw invalidField(path, text === "" ? "is required: a ULID or a UUID" : "is not a ULID or a UUID");
  return id;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: ID_BYTES }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function ulidValues(): Uint8Array {
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < 32; value++) {
    const digit = ULID_ALPHABET.charCodeAt(value);
    values[digit] = value;
    values[ULID_ALPHABET.toLowerCase().charCodeAt(value)] = value;
  }
  return values;
}
