import { Code } from "../../gen/google/rpc/code_pb.js";
import { FRAME_HEAD_BYTES } from "./message-frame.js";
import { StatusError } from "./status.js";

/** The room that an unfinished message gets at first, in bytes. It grows with what comes, not with what is announced. */
const ROOM_BYTES = 16 * 1024;

/** What a message takes beside its bytes, about: a view, a place in a list. It keeps the number of empty ones in bounds. */
const MESSAGE_OVERHEAD_BYTES = 64;

/** A message that its sender has compressed. */
export class CompressedMessage {
  constructor(readonly bytes: Uint8Array) {}
}

/** A message as it came. Plain bytes are never a Buffer: its `slice` shares memory where that of Uint8Array copies. */
export type ReceivedMessage = Uint8Array | CompressedMessage;

/** Takes the bytes of a call apart into its messages. One that came in one piece stays where it is, in that piece. */
export class MessageReader {
  readonly #messageBytesMax: number;
  #messages: ReceivedMessage[] = [];
  #messagesBytes = 0;
  /** Beginning of the unfinished frame. */
  #frame = Buffer.alloc(0);
  #frameBytes = 0;
  /** How long that is as far as is known: its head, or with its message. */
  #wantedBytes = FRAME_HEAD_BYTES;

  /** @param messageBytesMax longest message that is taken, in bytes */
  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Complete messages that were not taken yet. */
  get messageCount(): number {
    return this.#messages.length;
  }

  /** What is held in all, about, in bytes. */
  get heldBytes(): number {
    return this.#messagesBytes + this.#frameBytes;
  }

  /** What that takes up in memory, about, in bytes: an unfinished message has room for more than has come. */
  get roomBytes(): number {
    return this.#messagesBytes + this.#frame.length;
  }

  /** Whether a message has begun and is not complete. */
  get isWithinMessage(): boolean {
    return this.#frameBytes > 0;
  }

  /** Takes what is complete. */
  takeMessages(): readonly ReceivedMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#messagesBytes = 0;
    return messages;
  }

  /**
   * Reads on.
   *
   * @throws StatusError RESOURCE_EXHAUSTED where a message says that it is longer than allowed, INTERNAL where it is none
   */
  read(chunk: Buffer): void {
    let offset = this.#frameBytes === 0 ? 0 : this.#goOn(chunk);
    while (chunk.length - offset >= FRAME_HEAD_BYTES) {
      const end = offset + FRAME_HEAD_BYTES + messageLength(chunk, offset, this.#messageBytesMax);
      if (end > chunk.length) break;
      this.#add(chunk, offset, end);
      offset = end;
    }
    if (offset < chunk.length) this.#goOn(chunk.subarray(offset));
  }

  /**
   * Says that nothing more comes.
   *
   * @throws StatusError INTERNAL where a message is incomplete
   */
  end(): void {
    if (this.#frameBytes > 0) throw new StatusError(Code.INTERNAL, "the requests end in the midst of a message");
  }

  /** Goes on with the unfinished frame; returns how much of the chunk is of it. */
  #goOn(chunk: Buffer): number {
    let offset = this.#fill(chunk, 0);
    if (this.#frameBytes < FRAME_HEAD_BYTES) return offset;
    this.#wantedBytes = FRAME_HEAD_BYTES + messageLength(this.#frame, 0, this.#messageBytesMax);
    offset += this.#fill(chunk, offset);
    if (this.#frameBytes < this.#wantedBytes) return offset;
    this.#add(this.#frame, 0, this.#wantedBytes);
    this.#frame = Buffer.alloc(0);
    this.#frameBytes = 0;
    this.#wantedBytes = FRAME_HEAD_BYTES;
    return offset;
  }

  #fill(chunk: Buffer, offset: number): number {
    const count = Math.min(this.#wantedBytes - this.#frameBytes, chunk.length - offset);
    const filledBytes = this.#frameBytes + count;
    if (filledBytes > this.#frame.length) this.#grow(filledBytes);
    this.#frame.set(chunk.subarray(offset, offset + count), this.#frameBytes);
    this.#frameBytes = filledBytes;
    return count;
  }

  #grow(bytes: number): void {
    const roomBytes = Math.max(bytes, Math.min(this.#wantedBytes, Math.max(ROOM_BYTES, 2 * this.#frame.length)));
    const grown = Buffer.allocUnsafeSlow(roomBytes);
    grown.set(this.#frame.subarray(0, this.#frameBytes));
    this.#frame = grown;
  }

  #add(frame: Uint8Array, start: number, end: number): void {
    const message = messageOf(frame, start, end);
    this.#messages.push(frame[start] === 0 ? message : new CompressedMessage(message));
    this.#messagesBytes += end - start + MESSAGE_OVERHEAD_BYTES;
  }
}

/** The message of a chunk that is one frame and nothing else, and not compressed, as most requests are; undefined where it is not. */
export function soleMessage(chunk: Buffer, messageBytesMax: number): Uint8Array | undefined {
  if (chunk.length < FRAME_HEAD_BYTES || chunk[0] !== 0) return undefined;
  if (messageLength(chunk, 0, messageBytesMax) !== chunk.length - FRAME_HEAD_BYTES) return undefined;
  return messageOf(chunk, 0, chunk.length);
}

function messageOf(frame: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(frame.buffer, frame.byteOffset + start + FRAME_HEAD_BYTES, end - start - FRAME_HEAD_BYTES);
}

/** The length that a frame's head says. */
function messageLength(frame: Buffer, at: number, messageBytesMax: number): number {
  const flag = frame.readUInt8(at);
  if (flag > 1) throw new StatusError(Code.INTERNAL, `a message begins with ${flag}, wanted 0 or 1 (compressed)`);
  const length = frame.readUInt32BE(at + 1);
  if (length > messageBytesMax) {
    throw new StatusError(Code.RESOURCE_EXHAUSTED, `the request has ${length} bytes, wanted at most ${messageBytesMax}`);
  }
  return length;
}
