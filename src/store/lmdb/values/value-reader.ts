import { DEFAULT_NAMESPACE } from "../../../model/caller.js";
import { ID_BYTES, type SegmentId, type SessionId, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import { BrokenSealError, unseal } from "./sealed.js";

/** Reads a sealed value field by field, as ValueWriter wrote it. */
export class ValueReader {
  readonly #key: Uint8Array;
  readonly #body: Buffer;
  #at = 0;

  /** @throws BrokenSealError */
  constructor(key: Uint8Array, value: Buffer) {
    this.#key = key;
    this.#body = unseal(key, value);
  }

  u8(): number {
    return this.#body[this.#advance(1)] ?? 0;
  }

  u64(): bigint {
    return this.#body.readBigUInt64LE(this.#advance(8));
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  sessionId(): SessionId {
    return sessionIdAt(this.#body, this.#advance(ID_BYTES));
  }

  segmentId(): SegmentId {
    return segmentIdAt(this.#body, this.#advance(ID_BYTES));
  }

  bytes(count: number): Buffer {
    const at = this.#advance(count);
    return this.#body.subarray(at, at + count);
  }

  /** The name that comes last; the default one where nothing is left. */
  namespace(): string {
    return this.isAtEnd ? DEFAULT_NAMESPACE : this.#body.toString("latin1", this.#at);
  }

  rest(): Buffer {
    return this.#body.subarray(this.#at);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#body.length;
  }

  #advance(count: number): number {
    const at = this.#at;
    if (at + count > this.#body.length) throw new BrokenSealError(this.#key);
    this.#at += count;
    return at;
  }
}
