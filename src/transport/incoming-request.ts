import { Code } from "../../gen/google/rpc/code_pb.js";
import { inflateMessage } from "./inflate.js";
import { CompressedMessage, MessageReader, type ReceivedMessage, soleMessage } from "./message-reader.js";
import type { ServerCall } from "./server-call.js";
import { type Status, StatusError } from "./status.js";

/**
 * Waits for the one request of a call. It is told in a callback rather than a promise, since it is on the way of
 * every Append. A call that leaves before its request is complete is told to nobody.
 *
 * What the wire may do wrong is answered here, as gRPC's table of status codes says: another number of messages than
 * one with UNIMPLEMENTED, one that is cut off with INTERNAL, one that is too long with RESOURCE_EXHAUSTED before it
 * is read.
 *
 * @param requestBytesMax longest request that is taken, inflated, in bytes
 * @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 */
export function receiveRequest(call: ServerCall, requestBytesMax: number, onRequest: (request: Uint8Array) => void): void {
  const { stream } = call;
  let sole: Uint8Array | undefined;
  let reader: MessageReader | undefined;

  stream.on("data", (chunk: Buffer) => {
    if (call.isOver) return;
    try {
      if (sole === undefined && reader === undefined) {
        sole = soleMessage(chunk, requestBytesMax);
        if (sole !== undefined) return;
      }
      reader ??= new MessageReader(requestBytesMax);
      reader.read(chunk);
      if (reader.messageCount + (sole === undefined ? 0 : 1) > 1) throw wrongCount();
    } catch (error) {
      call.fail(error as Status); // a reader throws nothing else
    }
  });
  stream.on("end", () => {
    if (call.isOver) return;
    if (reader === undefined && sole !== undefined) onRequest(sole);
    else finish().then(onRequest, (error: Status) => call.fail(error));
  });

  /** Anything but the one chunk that most requests are. */
  async function finish(): Promise<Uint8Array> {
    reader?.end();
    const [message]: readonly (ReceivedMessage | undefined)[] = sole === undefined ? (reader?.takeMessages() ?? []) : [sole];
    if (message === undefined) throw wrongCount();
    return message instanceof CompressedMessage ? inflateMessage(message.bytes, call.requestEncoding, requestBytesMax) : message;
  }
}

function wrongCount(): StatusError {
  return new StatusError(Code.UNIMPLEMENTED, "wanted exactly one request message");
}
