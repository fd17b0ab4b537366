import { Code } from "../../gen/google/rpc/code_pb.js";
import { StatusError } from "./status.js";

/** What stands before every message: whether it is compressed, in one byte, and its length in four. In bytes. */
export const FRAME_HEAD_BYTES = 5;

/** The head of a message that is not compressed. */
export function frameHead(messageBytes: number): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  writeHead(head, 0, messageBytes);
  return head;
}

/** A message as it is sent. */
export function frameMessage(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + message.length);
  writeHead(frame, 0, message.length);
  frame.set(message, FRAME_HEAD_BYTES);
  return frame;
}

/** Messages as they are sent, one behind the other. */
export function frameMessages(messages: readonly Uint8Array[]): Buffer {
  let bytes = messages.length * FRAME_HEAD_BYTES;
  for (const message of messages) bytes += message.length;
  const frames = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const message of messages) {
    writeHead(frames, offset, message.length);
    frames.set(message, offset + FRAME_HEAD_BYTES);
    offset += FRAME_HEAD_BYTES + message.length;
  }
  return frames;
}

/**
 * The length that a message's head says.
 *
 * @throws StatusError RESOURCE_EXHAUSTED where it is longer than allowed, INTERNAL where it is no head
 */
export function messageLength(frame: Buffer, at: number, messageBytesMax: number): number {
  const flag = frame.readUInt8(at);
  if (flag > 1) throw new StatusError(Code.INTERNAL, `a message begins with ${flag}, wanted 0 or 1 (compressed)`);
  const length = frame.readUInt32BE(at + 1);
  if (length > messageBytesMax) {
    throw new StatusError(Code.RESOURCE_EXHAUSTED, `the request has ${length} bytes, wanted at most ${messageBytesMax}`);
  }
  return length;
}

function writeHead(frame: Buffer, offset: number, messageBytes: number): void {
  frame[offset] = 0;
  frame.writeUInt32BE(messageBytes, offset + 1);
}
