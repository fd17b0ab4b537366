import { DEFAULT_NAMESPACE } from "../../../model/caller.js";
import { idBytes, type SegmentId, type SessionId } from "../../../model/id.js";
import { SEAL_BYTES, seal } from "./sealed.js";

const SMALL_BYTES = 256;

/** Builds a sealed value field by field; numbers are little-endian, varints where they are usually small. */
export class ValueWriter {
  #bytes = Buffer.allocUnsafe(SMALL_BYTES);
  #at = SEAL_BYTES;

  u8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u64(value: bigint): this {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at);
    return this;
  }

  varint(value: number): this {
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
    return this;
  }

  bigVarint(value: bigint): this {
    if (value <= Number.MAX_SAFE_INTEGER) return this.varint(Number(value));
    this.#reserve(10);
    let rest = value;
    while (rest > 0x7fn) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
    return this;
  }

  id(id: SessionId | SegmentId): this {
    return this.bytes(idBytes(id));
  }

  /** A name, as the last field; nothing where it is the default one. */
  namespace(name: string): this {
    if (name === DEFAULT_NAMESPACE) return this;
    this.#reserve(name.length);
    for (let i = 0; i < name.length; i++) this.#bytes[this.#at++] = name.charCodeAt(i); // a name is ASCII
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** The value, sealed for its key. */
  sealedFor(key: Uint8Array): Buffer {
    return seal(key, this.#bytes.subarray(0, this.#at));
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
