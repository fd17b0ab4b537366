import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { serveHandlers } from "../support/serve-handlers.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

test.each([
  ["a request of HTTP/1.1", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["noise", "\u0000\u0001\u0002".repeat(100)],
  ["noise after a good beginning", PREFACE + "\u00ff".repeat(200)],
  ["half a beginning", PREFACE.slice(0, 10)],
])("%s does not disturb other clients", async (_what, bytes) => {
  const { client, socket, unexpected } = await serveHandlers({ getStatus: async () => new Uint8Array() });
  const hostile = connect(socket);
  hostile.on("error", () => {});

  hostile.write(Buffer.from(bytes, "latin1"));
  await client.getStatus({});
  hostile.destroy();

  await client.getStatus({});
  expect(unexpected).toEqual([]);
});

test.each([
  ["PINGs", () => http2Frame({ type: 6, payload: Buffer.alloc(8) })],
  ["SETTINGS", () => http2Frame({ type: 4, payload: Buffer.alloc(0) })],
  ["empty CONTINUATIONs", (i: number) => http2Frame(i === 0 ? { type: 1, streamId: 1, payload: HEADERS } : { type: 9, streamId: 1 })],
])("a flood of %s that reads no answers is cut off, and disturbs nobody else", async (_what, frameOf) => {
  const { client, socket, unexpected } = await serveHandlers({ getStatus: async () => new Uint8Array() });
  const hostile = beginHttp2(socket);

  hostile.write(Buffer.concat(Array.from({ length: 50_000 }, (_, i) => frameOf(i))));
  hostile.resume();
  await new Promise((resolve) => hostile.once("close", resolve));

  await client.getStatus({});
  expect(unexpected).toEqual([]);
});

test("calls that are opened to be reset are served no more after some time", async () => {
  let startedCount = 0;
  const { client, socket, unexpected } = await serveHandlers({
    getStatus: async () => new Uint8Array(),
    async *appendStream(_deps, requests) {
      startedCount++;
      for await (const _ of requests) yield [];
    },
  });
  const hostile = beginHttp2(socket);
  const cut = new Promise((resolve) => hostile.once("close", resolve));

  for (let i = 0; i < 20_000; i++) {
    const streamId = 2 * i + 1;
    hostile.write(http2Frame({ type: 1, flags: END_HEADERS, streamId, payload: HEADERS }));
    hostile.write(http2Frame({ type: 3, streamId, payload: Buffer.from([0, 0, 0, 8]) })); // RST_STREAM, CANCEL
  }
  await cut;
  await client.getStatus({});

  expect(startedCount).toBeGreaterThan(0);
  expect(startedCount).toBeLessThan(5000);
  expect(unexpected).toEqual([]);
  hostile.destroy();
});

const END_HEADERS = 4;

/** A call of AppendStream as HPACK has it when nothing is compressed. */
const HEADERS = Buffer.concat(
  [
    [":method", "POST"],
    [":scheme", "http"],
    [":authority", "localhost"],
    [":path", "/seglog.v1.SegmentService/AppendStream"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ].map(([name = "", value = ""]) => Buffer.from([0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)])),
);

/** A connection that has said what HTTP/2 begins with. */
function beginHttp2(socket: string): Socket {
  const connection = connect(socket);
  connection.on("error", () => {});
  connection.write(PREFACE);
  connection.write(http2Frame({ type: 4, payload: Buffer.alloc(0) }));
  return connection;
}

function http2Frame({ type, flags = 0, streamId = 0, payload = Buffer.alloc(0) }: Http2Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

interface Http2Frame {
  readonly type: number;
  readonly flags?: number;
  readonly streamId?: number;
  readonly payload?: Buffer;
}
