import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { tooMuchHeld } from "../model/errors.js";
import { errorStatus } from "./error-status.js";
import { HeldShare } from "./held-bytes.js";
import { inflateMessage } from "./inflate.js";
import { CompressedMessage, MessageReader, type ReceivedMessage } from "./message-reader.js";
import type { ServerCall } from "./server-call.js";
import type { Status } from "./status.js";

/** A client stream is read on while fewer bytes than this are complete and not taken. */
export const READ_AHEAD_BYTES = 64 * 1024;

/** A call whose requests are many, as a ServerCall is. */
export type RequestingCall = Pick<ServerCall, "signal" | "isOver" | "requestEncoding" | "cutOff" | "connection" | "awaitedSinceMs"> & {
  readonly stream: Readable;
};

/**
 * The requests of a streaming call in groups: what came together is taken together. While a group is worked on the
 * next one gathers, up to READ_AHEAD_BYTES or one request above that; then the client has to wait.
 *
 * What the wire may do wrong ends the call, as for a single request.
 *
 * @param requestBytesMax longest request that is taken, inflated, in bytes
 * @throws the reason of the call's signal once it aborts; StatusError where a compressed request cannot be read
 */
export async function* incomingRequests(
  call: RequestingCall,
  requestBytesMax: number,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const incoming = new Incoming(call, requestBytesMax);
  try {
    for (;;) {
      call.signal.throwIfAborted();
      const messages = incoming.take();
      if (messages.length > 0) yield* groupsOf(messages);
      else if (incoming.isEnded) break;
      else await incoming.changed();
    }
    // node:http2 ends a stream that broke off like one that is complete; that it broke off is said in the same turn.
    await nextTurn();
    call.signal.throwIfAborted();
  } finally {
    incoming.leave();
  }

  /** Compressed ones stand alone, so that there is never more than one at its full size. */
  async function* groupsOf(messages: readonly ReceivedMessage[]): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    if (messages.every(isPlain)) {
      yield messages;
      return;
    }
    for (const message of messages) {
      yield [isPlain(message) ? message : await inflateMessage(message.bytes, call.requestEncoding, requestBytesMax)];
    }
  }
}

function isPlain(message: ReceivedMessage): message is Uint8Array {
  return !(message instanceof CompressedMessage);
}

/** What has come of a client stream and was not taken yet. */
class Incoming {
  readonly #call: RequestingCall;
  readonly #reader: MessageReader;
  readonly #share: HeldShare;
  #hasChanged = false;
  #isWaking = false;
  #wake: (() => void) | undefined;
  isEnded = false;

  constructor(call: RequestingCall, requestBytesMax: number) {
    this.#call = call;
    this.#reader = new MessageReader(requestBytesMax);
    this.#share = new HeldShare(call.connection.received);
    call.stream.on("data", this.#onData);
    call.stream.on("end", this.#onEnd);
    call.signal.addEventListener("abort", this.#onChange);
  }

  take(): readonly ReceivedMessage[] {
    const messages = this.#reader.takeMessages();
    this.#share.set(this.#reader.roomBytes);
    if (this.#call.stream.isPaused()) this.#call.stream.resume();
    return messages;
  }

  /** Resolves at the next change, or at once where one came since the last time. */
  async changed(): Promise<void> {
    if (!this.#hasChanged) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#hasChanged = false;
  }

  /** Reads no more. */
  leave(): void {
    const { stream, signal } = this.#call;
    this.#share.set(0);
    this.#call.awaitedSinceMs = undefined;
    stream.off("data", this.#onData);
    stream.off("end", this.#onEnd);
    signal.removeEventListener("abort", this.#onChange);
    if (!this.isEnded && !this.#call.isOver) stream.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    const { isOver, connection } = this.#call;
    if (isOver) return;
    connection.noteContent(chunk.length);
    const reader = this.#reader;
    const countBefore = reader.messageCount;
    try {
      reader.read(chunk);
    } catch (error) {
      this.#call.cutOff(error as Status); // a reader throws nothing else
      return;
    }
    this.#noteTime(reader.messageCount > countBefore);
    if (!this.#hasRoom() || reader.messageCount === 0) return;
    if (reader.heldBytes >= READ_AHEAD_BYTES) this.#call.stream.pause();
    this.#changeInCheckPhase();
  };

  /** A message that has begun is waited for, and its rest must not take for ever. */
  #noteTime(isNew: boolean): void {
    const call = this.#call;
    if (!this.#reader.isWithinMessage) call.awaitedSinceMs = undefined;
    else if (isNew || call.awaitedSinceMs === undefined) call.awaitedSinceMs = call.connection.nowMs;
  }

  /** Where the connection holds too much already, this call is the one too many. */
  #hasRoom(): boolean {
    const { received } = this.#call.connection;
    this.#share.set(this.#reader.roomBytes);
    if (!received.isFull) return true;
    this.#call.cutOff(errorStatus(tooMuchHeld("requests that are not complete", received.bytesMax), () => {}));
    return false;
  }

  readonly #onEnd = (): void => {
    try {
      this.#reader.end();
    } catch (error) {
      this.#call.cutOff(error as Status); // as above
    }
    this.isEnded = true;
    this.#onChange();
  };

  /** All that one read of the socket brings is told together, though node:http2 tells each frame by itself. */
  #changeInCheckPhase(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#onChange();
    });
  }

  readonly #onChange = (): void => {
    this.#hasChanged = true;
    this.#wake?.();
  };
}
