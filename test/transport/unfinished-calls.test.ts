import { once } from "node:events";
import { constants } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { aborted, deferred } from "../support/deferred.js";
import { frame, METHODS, serveOneAndMany } from "../support/one-and-many.js";
import { openRawCall, rawCall, rawOutcome, rawSession } from "../support/raw-call.js";
import { serveHandlers } from "../support/serve-handlers.js";

const OK = "0";
const DEADLINE_EXCEEDED = "4";
const RESOURCE_EXHAUSTED = "8";

const EMPTY_FRAME = [0, 0, 0, 0, 0];

test.each(Object.values(METHODS))(
  "who never ends a request to %s that is too long gets its answer, and the stream is closed",
  async (path) => {
    const { socket } = await serveOneAndMany();

    const stream = openRawCall(rawSession(socket), { ":path": path });
    stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
    const outcome = await rawOutcome(stream);

    expect(outcome).toMatchObject({ headers: { "grpc-status": RESOURCE_EXHAUSTED }, resetCode: constants.NGHTTP2_NO_ERROR });
  },
);

test("a deadline ends a call whose request never ends", async () => {
  const { socket, called } = await serveOneAndMany();

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
  const { socket, called } = await serveOneAndMany();
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
