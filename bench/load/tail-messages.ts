import { TailResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";

const PREFIX_BYTES = 5;
const POSITION = TailResponseSchema.field.position.number;
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Takes the messages of a tail apart far enough to know their position, and steps over the entries. */
export class TailMessages {
  readonly #onMessage: (position: number) => void;
  #prefix = 0;
  #prefixBytes = 0;
  #messageLeft = 0;
  #skipLeft = 0;
  #varint = 0;
  #varintFactor = 1;
  #expected: "key" | "length" | "value" = "key";
  #field = 0;
  #position = 0;

  /** @param onMessage is told of each message when its last byte is there */
  constructor(onMessage: (position: number) => void) {
    this.#onMessage = onMessage;
  }

  /** Goes on with the bytes from `start` to `end`. */
  read(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      if (this.#messageLeft === 0) {
        this.#readPrefix(bytes[at++] ?? 0);
        continue;
      }
      const skipped = Math.min(this.#skipLeft, end - at);
      if (skipped === 0) this.#readVarint(bytes[at] ?? 0);
      const step = skipped || 1;
      this.#skipLeft -= skipped;
      this.#messageLeft -= step;
      at += step;
      if (this.#messageLeft === 0) this.#onMessage(this.#position);
    }
  }

  /** Five bytes: not compressed, which is 0, and the length. */
  #readPrefix(byte: number): void {
    this.#prefix = this.#prefix * 256 + byte;
    this.#prefixBytes++;
    if (this.#prefixBytes < PREFIX_BYTES) return;
    this.#messageLeft = this.#prefix;
    this.#prefix = 0;
    this.#prefixBytes = 0;
  }

  #readVarint(byte: number): void {
    this.#varint += (byte & 0x7f) * this.#varintFactor;
    this.#varintFactor *= 128;
    if (byte > 0x7f) return;
    this.#endVarint(this.#varint);
    this.#varint = 0;
    this.#varintFactor = 1;
  }

  #endVarint(value: number): void {
    if (this.#expected === "key") {
      this.#field = Math.floor(value / 8);
      this.#expected = expectedOf(value % 8);
      return;
    }
    if (this.#expected === "length") this.#skipLeft = value;
    else if (this.#field === POSITION) this.#position = value;
    this.#expected = "key";
  }
}

function expectedOf(wireType: number): "length" | "value" {
  if (wireType === LENGTH_DELIMITED) return "length";
  if (wireType === VARINT) return "value";
  throw new Error(`a TailResponse has no field of wire type ${wireType}`);
}
