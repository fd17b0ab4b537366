import { FRAME_HEAD_BYTES, messageLength } from "./message-frame.js";

/** The room that a message gets at first, in bytes. It grows with what comes, not with what is announced. */
const ROOM_BYTES = 16 * 1024;

/**
 * A message that comes in parts. Its room grows by pieces, which are put together once it is complete: a buffer that was made
 * anew each time would leave as many bytes as the message has for the garbage collector, and hold up everybody.
 */
export class UnfinishedMessage {
  readonly #messageBytesMax: number;
  readonly #head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  #headBytes = 0;
  #messageBytes = 0;
  readonly #pieces: Buffer[] = [];
  #roomBytes = 0;
  #bytes = 0;

  /** @param messageBytesMax longest message that is taken, in bytes */
  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** What has come of it, its frame's head included. */
  get bytes(): number {
    return this.#headBytes + this.#bytes;
  }

  /** What that takes up in memory, about, in bytes: there is room for more than has come. */
  get roomBytes(): number {
    return FRAME_HEAD_BYTES + this.#roomBytes;
  }

  get isComplete(): boolean {
    return this.#headBytes === FRAME_HEAD_BYTES && this.#bytes === this.#messageBytes;
  }

  get isCompressed(): boolean {
    return this.#head[0] === 1;
  }

  /** It as a whole, once it is complete. Never a Buffer, as for every message. */
  get message(): Uint8Array {
    const { buffer, byteOffset, length } = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    return new Uint8Array(buffer, byteOffset, length);
  }

  /**
   * Takes what is of it; returns how many bytes that is.
   *
   * @throws StatusError RESOURCE_EXHAUSTED where it says that it is longer than allowed, INTERNAL where it is no message
   */
  take(chunk: Buffer): number {
    let offset = this.#takeHead(chunk);
    while (offset < chunk.length && this.#bytes < this.#messageBytes) offset += this.#takeContent(chunk, offset);
    return offset;
  }

  #takeHead(chunk: Buffer): number {
    if (this.#headBytes === FRAME_HEAD_BYTES) return 0;
    const count = chunk.copy(this.#head, this.#headBytes);
    this.#headBytes += count;
    if (this.#headBytes === FRAME_HEAD_BYTES) this.#messageBytes = messageLength(this.#head, 0, this.#messageBytesMax);
    return count;
  }

  #takeContent(chunk: Buffer, offset: number): number {
    if (this.#bytes === this.#roomBytes) this.#addPiece();
    const piece = this.#pieces.at(-1) as Buffer;
    const count = chunk.copy(piece, piece.length - (this.#roomBytes - this.#bytes), offset);
    this.#bytes += count;
    return count;
  }

  /** Doubles the room, which so is at most twice what has come. */
  #addPiece(): void {
    const bytes = Math.min(this.#messageBytes - this.#bytes, Math.max(ROOM_BYTES, this.#roomBytes));
    this.#pieces.push(Buffer.allocUnsafeSlow(bytes));
    this.#roomBytes += bytes;
  }
}
