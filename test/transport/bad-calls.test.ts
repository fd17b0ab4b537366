import { constants, type OutgoingHttpHeaders } from "node:http2";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { frame, METHODS, serveOneAndMany } from "../support/one-and-many.js";
import { rawCall, rawSession } from "../support/raw-call.js";

const OK = "0";
const DEADLINE_EXCEEDED = "4";
const RESOURCE_EXHAUSTED = "8";
const UNIMPLEMENTED = "12";
const INTERNAL = "13";

const EMPTY_FRAME = [0, 0, 0, 0, 0];

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
  const { socket, called } = await serveOneAndMany();

  const outcome = await rawCall(rawSession(socket), headers, ...(httpStatus === 415 ? [EMPTY_FRAME] : []));

  expect(outcome.headers).toMatchObject({ ":status": httpStatus });
  expect(outcome.headers).not.toHaveProperty("grpc-status");
  expect(called).toEqual([]);
});

test.each(["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "Application/GRPC+proto ; x=y"])(
  "%s is a call",
  async (type) => {
    const { socket } = await serveOneAndMany();

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
  const { socket, called } = await serveOneAndMany();

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
    const { socket, completed, unexpected } = await serveOneAndMany();
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
    const { socket, completed } = await serveOneAndMany();

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
  const { socket, called } = await serveOneAndMany();

  const outcome = await rawCall(rawSession(socket), {}, ...(body.every((part) => typeof part === "number") ? [body] : body));

  expect(outcome.headers).toMatchObject({ "grpc-status": UNIMPLEMENTED });
  expect(called).toEqual([]);
});

test("a refused compression comes with those that are known", async () => {
  const { socket } = await serveOneAndMany();

  const { headers } = await rawCall(rawSession(socket), { "grpc-encoding": "zstd" }, frame(1, Buffer.from([9])));

  expect(headers).toMatchObject({ "grpc-accept-encoding": "identity,gzip,deflate" });
});

test.each([
  ["a header of 17 KiB", { "x-large": "x".repeat(17 * 1024) }],
  ["100 headers", Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, "1"]))],
])("a call with %s is reset, and its connection goes on", async (_what, headers) => {
  const { socket, called } = await serveOneAndMany();
  const session = rawSession(socket);
  await rawCall(session, {}, EMPTY_FRAME); // behind it, both sides know the server's settings

  const large = await rawCall(session, headers, EMPTY_FRAME);
  const small = await rawCall(session, {}, EMPTY_FRAME);

  expect(large).toMatchObject({ headers: {}, resetCode: constants.NGHTTP2_ENHANCE_YOUR_CALM });
  expect(small.headers).toMatchObject({ "grpc-status": OK });
  expect(called).toEqual(["one", "one"]);
});
