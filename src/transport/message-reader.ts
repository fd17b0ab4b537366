import { Code } from "../../gen/google/rpc/code_pb.js";
import { FRAME_HEAD_BYTES, messageLength } from "./message-frame.js";
import { StatusError } from "./status.js";
import { UnfinishedMessage } from "./unfinished-message.js";

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
  #unfinished: UnfinishedMessage | undefined;

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
    return this.#messagesBytes + (this.#unfinished?.bytes ?? 0);
  }

  /** What that takes up in memory, about, in bytes: an unfinished message has room for more than has come. */
  get roomBytes(): number {
    return this.#messagesBytes + (this.#unfinished?.roomBytes ?? 0);
  }

  /** Whether a message has begun and is not complete. */
  get isWithinMessage(): boolean {
    return this.#unfinished !== undefined;
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
    let offset = this.#goOn(chunk);
    while (chunk.length - offset >= FRAME_HEAD_BYTES) {
      const end = offset + FRAME_HEAD_BYTES + messageLength(chunk, offset, this.#messageBytesMax);
      if (end > chunk.length) break;
      this.#add(messageOf(chunk, offset, end), chunk[offset] === 1);
      offset = end;
    }
    if (offset === chunk.length) return;
    this.#unfinished = new UnfinishedMessage(this.#messageBytesMax);
    this.#goOn(chunk.subarray(offset));
  }

  /**
   * Says that nothing more comes.
   *
   * @throws StatusError INTERNAL where a message is incomplete
   */
  end(): void {
    if (this.#unfinished !== undefined) throw new StatusError(Code.INTERNAL, "the requests end in the midst of a message");
  }

  /** Goes on with the unfinished message; returns how much of the chunk is of it. */
  #goOn(chunk: Buffer): number {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return 0;
    const bytes = unfinished.take(chunk);
    if (unfinished.isComplete) {
      this.#unfinished = undefined;
      this.#add(unfinished.message, unfinished.isCompressed);
    }
    return bytes;
  }

  #add(message: Uint8Array, isCompressed: boolean): void {
    this.#messages.push(isCompressed ? new CompressedMessage(message) : message);
    this.#messagesBytes += FRAME_HEAD_BYTES + message.length + MESSAGE_OVERHEAD_BYTES;
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
