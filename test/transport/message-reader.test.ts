import fc from "fast-check";
import { expect, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { frameMessage, frameMessages } from "../../src/transport/message-frame.js";
import { CompressedMessage, MessageReader, soleMessage } from "../../src/transport/message-reader.js";

const MESSAGE_BYTES_MAX = 100_000;
const MESSAGES = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 70_000 }).map(patterned)), { maxLength: 6 });
/** Short ones cut heads, long ones hold several frames. */
const PIECE_BYTES = fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20_000 })), { minLength: 1, maxLength: 8 });

test("whatever the pieces are that frames come in, the messages come out as they were", () => {
  fc.assert(
    fc.property(MESSAGES, PIECE_BYTES, (messages, pieceBytes) => {
      const reader = new MessageReader(MESSAGE_BYTES_MAX);

      for (const piece of pieces(frameMessages(messages), pieceBytes)) reader.read(piece);
      reader.end();

      expect(reader.messageCount).toBe(messages.length);
      const taken = reader.takeMessages() as readonly Uint8Array[]; // none is compressed
      expect(taken.map((message, i) => Buffer.compare(message, messages[i]!))).toEqual(messages.map(() => 0));
      expect(reader.heldBytes).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("bytes one by one are a message too", () => {
  const message = patterned(50_000);
  const reader = new MessageReader(MESSAGE_BYTES_MAX);

  for (const piece of pieces(frameMessage(message), [1])) reader.read(piece);

  expect(Buffer.compare(reader.takeMessages()[0] as Uint8Array, message)).toBe(0); // it is not compressed
});

test("a stream that ends within a frame is told, wherever it is cut", () => {
  const frame = frameMessage(patterned(20));

  for (let length = 1; length < frame.length; length++) {
    const reader = new MessageReader(MESSAGE_BYTES_MAX);
    reader.read(frame.subarray(0, length));
    expect(() => reader.end(), `after ${length} bytes`).toThrow(expect.objectContaining({ code: Code.INTERNAL }));
  }
});

test("a length above the limit is refused as soon as it is read, in one piece or in two; one at the limit is not", () => {
  const atLimit = head(MESSAGE_BYTES_MAX);
  const above = head(MESSAGE_BYTES_MAX + 1);
  const refusal = expect.objectContaining({ code: Code.RESOURCE_EXHAUSTED });

  expect(() => new MessageReader(MESSAGE_BYTES_MAX).read(atLimit)).not.toThrow();
  expect(() => new MessageReader(MESSAGE_BYTES_MAX).read(above)).toThrow(refusal);
  const reader = new MessageReader(MESSAGE_BYTES_MAX);
  reader.read(above.subarray(0, 4));
  expect(() => reader.read(above.subarray(4))).toThrow(refusal);
});

test("what is announced takes no memory before it comes", () => {
  const before = process.memoryUsage().arrayBuffers;

  const readers = Array.from({ length: 100 }, () => {
    const reader = new MessageReader(2 ** 31);
    reader.read(head(2 ** 30));
    reader.read(Buffer.alloc(1));
    return reader;
  });

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 64 * 1024);
  expect(readers).toHaveLength(100);
});

test("messages are plain bytes, never a Buffer, and one that came in one piece stays in it", () => {
  const chunk = frameMessages([patterned(3), patterned(2)]);
  const reader = new MessageReader(MESSAGE_BYTES_MAX);

  reader.read(chunk);
  const messages = reader.takeMessages() as readonly Uint8Array[]; // none is compressed

  expect(messages.map((message) => message.constructor.name)).toEqual(["Uint8Array", "Uint8Array"]);
  expect(messages.map((message) => message.buffer === chunk.buffer)).toEqual([true, true]);
});

test("a compressed message is told from a plain one, and any other flag is none", () => {
  const reader = new MessageReader(MESSAGE_BYTES_MAX);

  reader.read(Buffer.from([1, 0, 0, 0, 1, 7, 0, 0, 0, 0, 1, 8]));

  expect(reader.takeMessages()).toEqual([new CompressedMessage(new Uint8Array([7])), new Uint8Array([8])]);
  expect(() => reader.read(Buffer.from([2, 0, 0, 0, 0]))).toThrow(expect.objectContaining({ code: Code.INTERNAL }));
});

test("a chunk is a message by itself only where it is one plain frame and nothing else", () => {
  const frame = frameMessage(patterned(9));

  expect(soleMessage(frame, MESSAGE_BYTES_MAX)).toEqual(patterned(9));
  expect(soleMessage(frame.subarray(0, 4), MESSAGE_BYTES_MAX)).toBeUndefined();
  expect(soleMessage(frame.subarray(0, 13), MESSAGE_BYTES_MAX)).toBeUndefined();
  expect(soleMessage(Buffer.concat([frame, Buffer.from([0])]), MESSAGE_BYTES_MAX)).toBeUndefined();
  expect(soleMessage(Buffer.from([1, 0, 0, 0, 1, 7]), MESSAGE_BYTES_MAX)).toBeUndefined();
});

function head(messageBytes: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(messageBytes, 1);
  return bytes;
}

function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

/** Cuts bytes into pieces of these lengths, over and over. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const end = start + (lengths[i % lengths.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}
