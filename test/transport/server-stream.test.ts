import { type ClientHttp2Stream, connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { TailResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { SeglogError } from "../../src/model/errors.js";
import { aborted, deferred } from "../support/deferred.js";
import { serveHandlers } from "../support/serve-handlers.js";

const KIB = 1024;

test("a stream gives every message in order, then its end", async () => {
  const { client } = await serveHandlers({
    async *tail() {
      for (let position = 0n; position < 500n; position++) yield message({ position });
    },
  });

  const positions: bigint[] = [];
  for await (const { position } of client.tail({})) positions.push(position);

  expect(positions).toEqual(Array.from({ length: 500 }, (_, i) => BigInt(i)));
});

test("the headers of a stream go out before its first message", async () => {
  const { socket } = await serveHandlers({
    async *tail(_deps, _request, { signal }) {
      await aborted(signal);
      yield* [];
    },
  });
  const call = rawTail(socket);

  const headers = await new Promise((resolve) => call.once("metadata", resolve));

  expect(headers).toBeDefined();
  call.cancel();
});

test("an error in the midst of a stream comes after the messages before it, with its reason", async () => {
  const { client, unexpected } = await serveHandlers({
    async *tail() {
      yield message({ position: 7n });
      throw new SeglogError("DRAINING", "stopping", { retryAfterMs: 1500 });
    },
  });
  const positions: bigint[] = [];

  const read = (async () => {
    for await (const { position } of client.tail({})) positions.push(position);
  })();

  await expect(read).rejects.toMatchObject({ codeName: "UNAVAILABLE", reason: "DRAINING", message: "stopping", retryAfterMs: 1500 });
  expect(positions).toEqual([7n]);
  expect(unexpected).toEqual([]);
});

test("leaving the loop returns the server's iterator and aborts its signal", async () => {
  const returned = deferred<boolean>();
  const { client } = await serveHandlers({
    async *tail(_deps, _request, { signal }) {
      try {
        for (;;) yield message({ position: 1n });
      } finally {
        returned.resolve(signal.aborted);
      }
    },
  });

  for await (const _ of client.tail({})) break;

  expect(await returned.promise).toBe(true);
});

test("a client that does not read is sent a bounded number of messages, and cut off with SLOW_OBSERVER", async () => {
  const returned = deferred<void>();
  let pulled = 0;
  const { socket, unexpected } = await serveHandlers(
    {
      async *tail() {
        try {
          for (;;) {
            pulled++;
            yield message({ resumeToken: "x".repeat(16 * KIB) });
          }
        } finally {
          returned.resolve();
        }
      },
    },
    { slowObserverMs: 100 },
  );
  const call = rawTail(socket);
  const headers = new Promise((resolve) => call.once("metadata", resolve));

  await headers;
  await returned.promise;

  expect(pulled).toBeLessThan(60); // 16 there, 64 KiB here, and what windows and socket hold
  const ended = new Promise((resolve) => call.once("error", resolve));
  call.resume();
  expect(await ended).toMatchObject({ code: 8, details: expect.stringContaining("nothing was read for 100 ms") });
  expect(unexpected).toEqual([]);
});

test("what a client leaves unread after it was cut off is given up", async () => {
  const { socket } = await serveHandlers(
    {
      async *tail() {
        for (;;) yield message({ resumeToken: "x".repeat(16 * KIB) });
      },
    },
    { slowObserverMs: 100 },
  );

  const stream = unreadTail(socket);
  await new Promise((resolve) => stream.once("close", resolve));

  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test("a client that reads slowly, but reads, is not cut off", async () => {
  const { client } = await serveHandlers(
    {
      async *tail() {
        for (let position = 0n; position < 64n; position++) yield message({ position, resumeToken: "x".repeat(64 * KIB) });
      },
    },
    { slowObserverMs: 300 },
  );

  let read = 0;
  for await (const _ of client.tail({})) {
    read++;
    await new Promise((resolve) => setTimeout(resolve, 15)); // 64 of them take three times the observer's patience
  }

  expect(read).toBe(64);
});

test("the deadline ends the handler even where the client neither reads nor leaves", async () => {
  const returned = deferred<boolean>();
  const { socket } = await serveHandlers({
    async *tail(_deps, _request, { signal }) {
      try {
        for (;;) yield message({ resumeToken: "x".repeat(64 * KIB) });
      } finally {
        returned.resolve(signal.aborted);
      }
    },
  });

  unreadTail(socket, { "grpc-timeout": "100m" });

  expect(await returned.promise).toBe(true);
});

function message(init: { position?: bigint; resumeToken?: string }): Uint8Array {
  return toBinary(TailResponseSchema, create(TailResponseSchema, init));
}

/** A tail of a client that never reads and knows no deadline of its own. */
function unreadTail(socket: string, headers: Record<string, string> = {}): ClientHttp2Stream {
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": "/seglog.v1.SegmentService/Tail",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => {});
  stream.end(Buffer.alloc(5)); // one empty request
  return stream;
}

/** A tail of a client that takes 16 messages, and no more until it is told to. */
function rawTail(socket: string) {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const identity = (bytes: Buffer) => bytes;
  const call = client.makeServerStreamRequest("/seglog.v1.SegmentService/Tail", identity, identity, Buffer.alloc(0));
  call.on("error", () => {});
  call.read(0); // else grpc-js never pauses the connection, and keeps all that comes
  return call;
}
