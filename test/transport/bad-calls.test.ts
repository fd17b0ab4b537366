import { once } from "node:events";
import { constants, type OutgoingHttpHeaders } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { aborted, deferred } from "../support/deferred.js";
import { openRawCall, rawCall, rawOutcome, rawSession } from "../support/raw-call.js";
import { serveHandlers } from "../support/serve-handlers.js";

const OK = "0";
const DEADLINE_EXCEEDED = "4";
const RESOURCE_EXHAUSTED = "8";
const UNIMPLEMENTED = "12";
const INTERNAL = "13";

const EMPTY_FRAME = [0, 0, 0, 0, 0];

/** How the handler of a method gets its requests is what decides how they are read. */
const METHODS = { one: "/seglog.v1.SegmentService/GetStatus", many: "/seglog.v1.SegmentService/ImportSegment" };

test.each<[string, OutgoingHttpHeaders, number]>([
  ["GET", { ":method": "GET" }, 405],
  ["HEAD", { ":method": "HEAD" }, 405],
  ["PUT", { ":method": "PUT" }, 405],
  ["JSON", { "content-type": "application/json" }, 415],
  ["gRPC-Web", { "content-type": "application/grpc-web+proto" }, 415],
  ["gRPC with JSON in it", { "content-type": "application/grpc+json" }, 415],
  ["a type that only begins like gRPC's", { "content-type": "application/grpcx" }, 415],
  ["a type of several", { "content-type": "text/plain, application/grpc" }, 415],
])("%s is no call, and refused as HTTP refuses it", async (_what, headers, httpStatus) => {
  const { socket, called } = await serveBoth();

  const outcome = await rawCall(rawSession(socket), headers, ...(httpStatus === 415 ? [EMPTY_FRAME] : []));

  expect(outcome.headers).toMatchObject({ ":status": httpStatus });
  expect(outcome.headers).not.toHaveProperty("grpc-status");
  expect(called).toEqual([]);
});

test.each(["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "Application/GRPC+proto ; x=y"])(
  "%s is a call",
  async (type) => {
    const { socket } = await serveBoth();

    const outcome = await rawCall(rawSession(socket), { "content-type": type }, EMPTY_FRAME);

    expect(outcome).toMatchObject({ headers: { ":status": 200, "content-type": "application/grpc+proto", "grpc-status": OK } });
  },
);

test.each([
  "/",
  "/seglog.v1.SegmentService",
  "/seglog.v1.SegmentService/getStatus",
  "/seglog.v1.SegmentService/GetStatus/",
  "/x/__proto__",
])("the path %s leads to no method", async (path) => {
  const { socket, called } = await serveBoth();

  const outcome = await rawCall(rawSession(socket), { ":path": path }, EMPTY_FRAME);

  expect(outcome.headers).toMatchObject({ ":status": 200, "grpc-status": UNIMPLEMENTED });
  expect(called).toEqual([]);
});

for (const [kind, path] of Object.entries(METHODS)) {
  test.each<[string, OutgoingHttpHeaders, readonly number[] | Buffer, string]>([
    ["half a head", {}, [0, 0, 0], INTERNAL],
    ["half a message", {}, [0, 0, 0, 0, 9, 1, 2], INTERNAL],
    ["a byte behind the message", {}, [...EMPTY_FRAME, 0], INTERNAL],
    ["a flag that is none", {}, [2, 0, 0, 0, 0], INTERNAL],
    ["a length of 4 GiB", {}, [0, 0xff, 0xff, 0xff, 0xff], RESOURCE_EXHAUSTED],
    ["a message one byte above the limit", {}, frame(0, Buffer.alloc(1001)), RESOURCE_EXHAUSTED],
    ["a compressed message where no compression is said", {}, frame(1, gzipSync("x")), INTERNAL],
    ["a compressed message where it is said to be plain", { "grpc-encoding": "identity" }, frame(1, gzipSync("x")), INTERNAL],
    ["a compressed message that is none", { "grpc-encoding": "gzip" }, frame(1, Buffer.from([9, 9])), INTERNAL],
    ["half a compressed message", { "grpc-encoding": "gzip" }, frame(1, gzipSync("xyz").subarray(0, 12)), INTERNAL],
    ["an unknown compression", { "grpc-encoding": "zstd" }, frame(1, Buffer.from([9, 9])), UNIMPLEMENTED],
    ["a bomb of gzip", { "grpc-encoding": "gzip" }, frame(1, gzipSync(Buffer.alloc(900_000))), RESOURCE_EXHAUSTED],
    ["a bomb of deflate", { "grpc-encoding": "deflate" }, frame(1, deflateSync(Buffer.alloc(900_000))), RESOURCE_EXHAUSTED],
    ["a deadline that is none", { "grpc-timeout": "soon" }, EMPTY_FRAME, INTERNAL],
    ["a deadline of nine digits", { "grpc-timeout": "123456789S" }, EMPTY_FRAME, INTERNAL],
    ["a deadline that has passed", { "grpc-timeout": "0n" }, [], DEADLINE_EXCEEDED],
  ])(`%s, where ${kind} is wanted, is answered with a status`, async (_what, headers, body, status) => {
    const { socket, completed, unexpected } = await serveBoth();
    const session = rawSession(socket);

    const outcome = await rawCall(session, { ":path": path, ...headers }, body);

    expect(outcome.headers).toMatchObject({ ":status": 200, "grpc-status": status });
    expect(await rawCall(session, {}, EMPTY_FRAME)).toMatchObject({ headers: { "grpc-status": OK } });
    expect(completed).toEqual(["one"]);
    expect(unexpected).toEqual([]);
  });

  test.each<[string, OutgoingHttpHeaders, readonly number[] | Buffer]>([
    ["a message at the limit", {}, frame(0, Buffer.alloc(1000))],
    ["gzip", { "grpc-encoding": "gzip" }, frame(1, gzipSync(Buffer.alloc(1000)))],
    ["deflate", { "grpc-encoding": "deflate" }, frame(1, deflateSync(Buffer.alloc(1000)))],
    ["a plain message beside an encoding", { "grpc-encoding": "zstd" }, EMPTY_FRAME],
    ["a deadline after this century", { "grpc-timeout": "99999999H" }, EMPTY_FRAME],
    ["a header of bytes that are none", { "x-trace-bin": "%%%" }, EMPTY_FRAME],
  ])(`%s, where ${kind} is wanted, is taken`, async (_what, headers, body) => {
    const { socket, completed } = await serveBoth();

    const outcome = await rawCall(rawSession(socket), { ":path": path, ...headers }, body);

    expect(outcome).toMatchObject({ headers: { "grpc-status": OK }, body: Buffer.from([0, 0, 0, 0, 2, 8, 9]) });
    expect(completed).toEqual([kind]);
  });
}

test.each([
  ["no message", []],
  ["two messages", [...EMPTY_FRAME, ...EMPTY_FRAME]],
  ["a second message in a frame of its own", [[...EMPTY_FRAME], [...EMPTY_FRAME]]],
])("%s where exactly one is wanted is UNIMPLEMENTED", async (_what, body) => {
  const { socket, called } = await serveBoth();

  const outcome = await rawCall(rawSession(socket), {}, ...(body.every((part) => typeof part === "number") ? [body] : body));

  expect(outcome.headers).toMatchObject({ "grpc-status": UNIMPLEMENTED });
  expect(called).toEqual([]);
});

test("a refused compression comes with those that are known", async () => {
  const { socket } = await serveBoth();

  const { headers } = await rawCall(rawSession(socket), { "grpc-encoding": "zstd" }, frame(1, Buffer.from([9])));

  expect(headers).toMatchObject({ "grpc-accept-encoding": "identity,gzip,deflate" });
});

test.each(Object.values(METHODS))(
  "who never ends a request to %s that is too long gets its answer, and the stream is closed",
  async (path) => {
    const { socket } = await serveBoth();

    const stream = openRawCall(rawSession(socket), { ":path": path });
    stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
    const outcome = await rawOutcome(stream);

    expect(outcome).toMatchObject({ headers: { "grpc-status": RESOURCE_EXHAUSTED }, resetCode: constants.NGHTTP2_NO_ERROR });
  },
);

test("a deadline ends a call whose request never ends", async () => {
  const { socket, called } = await serveBoth();

  const stream = openRawCall(rawSession(socket), { "grpc-timeout": "50m" });
  stream.write(Buffer.from([0, 0]));
  const outcome = await rawOutcome(stream);

  expect(outcome.headers).toMatchObject({ "grpc-status": DEADLINE_EXCEEDED });
  expect(called).toEqual([]);
});

test("a deadline beyond what timers can wait is none", async () => {
  const { socket } = await serveHandlers({
    getStatus: async () => {
      await setTimeout(20); // a timer that cannot wait so long ends after one millisecond
      return new Uint8Array();
    },
  });

  const outcome = await rawCall(rawSession(socket), { "grpc-timeout": "99999999H" }, EMPTY_FRAME);

  expect(outcome.headers).toMatchObject({ "grpc-status": OK });
});

test.each([METHODS.many, "/seglog.v1.SegmentService/AppendStream"])(
  "an answer of %s that does not wait for the end of its requests arrives, and nothing of its call stays",
  async (path) => {
    const left = deferred<void>();
    const goOn = deferred<void>();
    const takeOne = async (requests: AsyncIterable<unknown>) => {
      for await (const _ of requests) break;
      left.resolve();
      await goOn.promise;
      return new Uint8Array([8, 9]);
    };
    const { server, socket } = await serveHandlers({
      importSegment: (_deps, requests) => takeOne(requests),
      async *appendStream(_deps, requests) {
        yield [await takeOne(requests)];
      },
    });
    const session = rawSession(socket);
    const closed = once(session, "close");

    const stream = openRawCall(session, { ":path": path });
    stream.write(Buffer.from(EMPTY_FRAME));
    await left.promise;
    stream.write(Buffer.from(EMPTY_FRAME));
    await new Promise<unknown>((resolve) => session.ping(resolve)); // behind it, the server has what nobody will take
    goOn.resolve();
    const outcome = await rawOutcome(stream);
    await server.drain();

    expect(outcome).toMatchObject({ headers: { "grpc-status": OK }, body: Buffer.from([0, 0, 0, 0, 2, 8, 9]), resetCode: 0 });
    await closed; // the server's doing: a connection ends with its last call
  },
);

test("a request that is too long in the midst of a stream aborts its handler, which is no error of the daemon's", async () => {
  const arrived = deferred<void>();
  const thrown = deferred<unknown>();
  const { socket, unexpected } = await serveHandlers(
    {
      async importSegment(_deps, requests) {
        try {
          for await (const _ of requests) arrived.resolve();
        } catch (error) {
          thrown.resolve(error);
          throw error;
        }
        return new Uint8Array();
      },
    },
    { requestBytesMax: 1000 },
  );

  const stream = openRawCall(rawSession(socket), { ":path": METHODS.many });
  stream.write(Buffer.from(EMPTY_FRAME));
  await arrived.promise;
  stream.write(frame(0, Buffer.alloc(1001)));
  const outcome = await rawOutcome(stream);

  expect(outcome.headers).toMatchObject({ "grpc-status": RESOURCE_EXHAUSTED });
  expect(await thrown.promise).toMatchObject({ name: "AbortError" });
  expect(unexpected).toEqual([]);
});

test("who resets a call in the midst of its request is not heard by any handler", async () => {
  const { socket, called } = await serveBoth();
  const session = rawSession(socket);

  const stream = openRawCall(session);
  stream.write(Buffer.from(EMPTY_FRAME));
  stream.write(Buffer.from([0, 0]));
  stream.close(constants.NGHTTP2_CANCEL);
  await once(stream, "close");
  await rawCall(session, {}, EMPTY_FRAME);

  expect(called).toEqual(["one"]);
});

test.each([constants.NGHTTP2_CANCEL, constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR])(
  "a reset with code %i aborts the signal of a handler that asks for it, before or after",
  async (code) => {
    const arrived = deferred<void>();
    const left = deferred<void>();
    const outcome = deferred<string>();
    const { socket, unexpected } = await serveHandlers({
      getStatus: async (_deps, _request, call) => {
        await aborted(call.signal);
        left.resolve();
        return new Uint8Array();
      },
      getSegment: async (_deps, _request, call) => {
        arrived.resolve();
        await left.promise;
        outcome.resolve(call.signal.aborted ? "aborted" : "open");
        return new Uint8Array();
      },
    });
    const session = rawSession(socket);

    const late = openRawCall(session, { ":path": "/seglog.v1.SegmentService/GetSegment" });
    late.end(Buffer.from(EMPTY_FRAME));
    await arrived.promise;
    late.close(code);
    const early = openRawCall(session);
    early.end(Buffer.from(EMPTY_FRAME), () => early.close(code));

    expect(await outcome.promise).toBe("aborted");
    expect(unexpected).toEqual([]);
  },
);

test.each([
  ["a header of 17 KiB", { "x-large": "x".repeat(17 * 1024) }],
  ["100 headers", Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, "1"]))],
])("a call with %s is reset, and its connection goes on", async (_what, headers) => {
  const { socket, called } = await serveBoth();
  const session = rawSession(socket);
  await rawCall(session, {}, EMPTY_FRAME); // behind it, both sides know the server's settings

  const large = await rawCall(session, headers, EMPTY_FRAME);
  const small = await rawCall(session, {}, EMPTY_FRAME);

  expect(large).toMatchObject({ headers: {}, resetCode: constants.NGHTTP2_ENHANCE_YOUR_CALM });
  expect(small.headers).toMatchObject({ "grpc-status": OK });
  expect(called).toEqual(["one", "one"]);
});

/** A method that takes one request and one that takes many; both answer two bytes and say that they were called. */
async function serveBoth() {
  const called: string[] = [];
  const completed: string[] = [];
  const answer = (kind: string) => {
    completed.push(kind);
    return new Uint8Array([8, 9]);
  };
  const served = await serveHandlers(
    {
      getStatus: async () => {
        called.push("one");
        return answer("one");
      },
      async importSegment(_deps, requests) {
        called.push("many");
        for await (const _ of requests);
        return answer("many");
      },
    },
    { requestBytesMax: 1000 },
  );
  return { ...served, called, completed };
}

function frame(flag: number, message: Buffer): Buffer {
  const head = Buffer.from([flag, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
