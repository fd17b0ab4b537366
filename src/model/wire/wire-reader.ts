import { NESTING_MAX } from "../limits.js";
import { malformed } from "./violation.js";

/** Wire type of varints. */
export const WIRE_VARINT = 0;
/** Wire type of 8 bytes. */
export const WIRE_FIXED64 = 1;
/** Wire type of a length and so many bytes. */
export const WIRE_BYTES = 2;
/** Wire type that opens a group. */
export const WIRE_GROUP_START = 3;
/** Wire type that closes a group. */
export const WIRE_GROUP_END = 4;
/** Wire type of 4 bytes. */
export const WIRE_FIXED32 = 5;

const TAG_BYTES_MAX = 5;
const VARINT_BITS_MAX = 70;

/**
 * Steps over encoded protobuf without building anything.
 *
 * Every read is bounded by the `end` that it is given, and throws a final Violation where the bytes
 * are malformed. It is as strict as protobuf-es, or stricter, so that what it has passed over decodes.
 * See https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  /** Where the next read begins. */
  at: number;
  /** High 32 bits, unsigned, of the varint that was read last. */
  high = 0;
  #view: DataView | undefined;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
  ) {
    this.at = start;
  }

  /** The bytes, for reads of 4 and 8 of them; made on first use, for a look at the top level needs none. */
  get view(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.#view;
  }

  /** Reads a tag: field number times 8, plus wire type. */
  tag(end: number): number {
    const start = this.at;
    const tag = this.varint(end);
    if (this.high !== 0 || this.at - start > TAG_BYTES_MAX) throw malformed("holds a tag that is too long");
    if (tag < 8) throw malformed("holds field number 0");
    if ((tag & 7) > WIRE_FIXED32) throw malformed("holds an unknown wire type");
    return tag;
  }

  /** Reads a varint: the low 32 bits, unsigned. The others are in `high`. */
  varint(end: number): number {
    if (this.at < end) {
      const byte = this.bytes[this.at] ?? 0;
      if (byte < 0x80) {
        this.at++;
        this.high = 0;
        return byte;
      }
    }
    return this.#longVarint(end);
  }

  /** The varint that was read last as a number: exact up to 2^53. */
  wide(low: number): number {
    return this.high * 0x1_0000_0000 + low;
  }

  /** Reads the length of what follows, which lies wholly before `end`. */
  length(end: number): number {
    const length = this.varint(end);
    if (this.high !== 0 || length > end - this.at) throw malformed("has a length past the end of its message");
    return length;
  }

  /** Steps over fixed-width bytes and says where they start. */
  fixed(width: number, end: number): number {
    const start = this.at;
    if (width > end - start) throw malformed("is cut off");
    this.at = start + width;
    return start;
  }

  /**
   * Steps over the value that belongs to a tag.
   *
   * @param depth messages and groups around it, which count against NESTING_MAX
   */
  skip(tag: number, end: number, depth: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.varint(end);
        return;
      case WIRE_FIXED64:
        this.fixed(8, end);
        return;
      case WIRE_BYTES: {
        // Not `this.at += this.length(end)`: that would take `at` from before the length was read.
        const length = this.length(end);
        this.at += length;
        return;
      }
      case WIRE_FIXED32:
        this.fixed(4, end);
        return;
      case WIRE_GROUP_START:
        this.#skipGroup(tag >>> 3, end, depth + 1);
        return;
      default:
        throw malformed("closes a group that is not open");
    }
  }

  #skipGroup(number: number, end: number, depth: number): void {
    if (depth > NESTING_MAX) throw malformed(`is nested deeper than ${NESTING_MAX}`);
    for (;;) {
      const tag = this.tag(end);
      if ((tag & 7) !== WIRE_GROUP_END) this.skip(tag, end, depth);
      else if (tag >>> 3 === number) return;
      else throw malformed("closes a group that is not open");
    }
  }

  #longVarint(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < VARINT_BITS_MAX; shift += 7) {
      if (this.at >= end) throw malformed("is cut off");
      const byte = this.bytes[this.at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw malformed("holds a varint of more than 10 bytes");
  }
}
