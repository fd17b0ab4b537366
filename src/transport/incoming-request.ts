import { Code } from "../../gen/google/rpc/code_pb.js";
import { SeglogError, tooMuchHeld } from "../model/errors.js";
import { errorStatus } from "./error-status.js";
import { HeldShare } from "./held-bytes.js";
import { inflateMessage } from "./inflate.js";
import { CompressedMessage, MessageReader, type ReceivedMessage, soleMessage } from "./message-reader.js";
import type { ServerCall, UnfinishedRequest } from "./server-call.js";
import { type Status, StatusError } from "./status.js";

/**
 * Waits for the one request of a call. It is told in a callback rather than a promise, since it is on the way of
 * every Append. A call that leaves before its request is complete is told to nobody.
 *
 * What the wire may do wrong is answered here, as gRPC's table of status codes says: another number of messages than
 * one with UNIMPLEMENTED, one that is cut off with INTERNAL, one that is too long with RESOURCE_EXHAUSTED before it
 * is read. Where more is held for the connection than may be, RESOURCE_EXHAUSTED too.
 *
 * @param requestBytesMax longest request that is taken, inflated, in bytes
 * @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 */
export function receiveRequest(call: ServerCall, requestBytesMax: number, onRequest: (request: Uint8Array) => void): void {
  const incoming = new IncomingRequest(call, requestBytesMax);
  call.unfinished = incoming;
  call.stream.on("data", (chunk: Buffer) => incoming.read(chunk));
  call.stream.on("end", () => incoming.end(onRequest));
}

class IncomingRequest implements UnfinishedRequest {
  readonly #call: ServerCall;
  readonly #requestBytesMax: number;
  #sole: Uint8Array | undefined;
  #reader: MessageReader | undefined;
  #share: HeldShare | undefined;

  constructor(call: ServerCall, requestBytesMax: number) {
    this.#call = call;
    this.#requestBytesMax = requestBytesMax;
  }

  read(chunk: Buffer): void {
    const call = this.#call;
    if (call.isOver) return;
    call.connection.noteContent(chunk.length);
    try {
      if (this.#sole === undefined && this.#reader === undefined) {
        this.#sole = soleMessage(chunk, this.#requestBytesMax);
        if (this.#sole !== undefined) return;
      }
      this.#reader ??= new MessageReader(this.#requestBytesMax);
      this.#reader.read(chunk);
      if (this.#reader.messageCount + (this.#sole === undefined ? 0 : 1) > 1) throw wrongCount();
      this.#hold(this.#reader.roomBytes);
    } catch (error) {
      call.fail(statusOf(error));
    }
  }

  end(onRequest: (request: Uint8Array) => void): void {
    const call = this.#call;
    if (call.isOver) return;
    call.unfinished = undefined;
    const sole = this.#reader === undefined ? this.#sole : undefined;
    if (sole !== undefined) onRequest(sole);
    else this.#finish().then(onRequest, (error: Status) => call.fail(error));
    this.drop(); // what handlers hold of it, their own limits bound
  }

  /** A whole message whose call is not ended: a view would keep all that came with it, up to 64 KiB. */
  compact(): void {
    if (this.#sole === undefined || this.#share !== undefined) return;
    this.#sole = this.#sole.slice();
    try {
      this.#hold(this.#sole.length);
    } catch (error) {
      this.#call.fail(statusOf(error));
    }
  }

  drop(): void {
    this.#share?.set(0);
  }

  #hold(bytes: number): void {
    const { received } = this.#call.connection;
    this.#share ??= new HeldShare(received);
    this.#share.set(bytes);
    if (received.isFull) throw tooMuchHeld("requests that are not complete", received.bytesMax);
  }

  /** Anything but the one chunk that most requests are. */
  async #finish(): Promise<Uint8Array> {
    this.#reader?.end();
    const [message]: readonly (ReceivedMessage | undefined)[] = this.#sole ? [this.#sole] : (this.#reader?.takeMessages() ?? []);
    if (message === undefined) throw wrongCount();
    return message instanceof CompressedMessage
      ? inflateMessage(message.bytes, this.#call.requestEncoding, this.#requestBytesMax)
      : message;
  }
}

/** A reader throws nothing else than a Status, and what is held a SeglogError. */
function statusOf(error: unknown): Status {
  return error instanceof SeglogError ? errorStatus(error, () => {}) : (error as Status);
}

function wrongCount(): StatusError {
  return new StatusError(Code.UNIMPLEMENTED, "wanted exactly one request message");
}
