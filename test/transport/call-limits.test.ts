import { once } from "node:events";
import { constants } from "node:http2";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { openGate } from "../../src/access/gate.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/model/limits.js";
import { startGrpcServer } from "../../src/transport/grpc-server.js";
import type { ProcessMemory } from "../../src/transport/memory-watch.js";
import { servedService } from "../../src/transport/served-service.js";
import { aborted, deferred } from "../support/deferred.js";
import { frame, METHODS, serveOneAndMany } from "../support/one-and-many.js";
import { ONE_TRY } from "../support/one-try.js";
import { openRawCall, rawCall, rawOutcome, rawSession } from "../support/raw-call.js";
import { type FakeHandlers, serveHandlers } from "../support/serve-handlers.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OK = "0";
const DEADLINE_EXCEEDED = "4";
const RESOURCE_EXHAUSTED = "8";
const EMPTY_FRAME = Buffer.alloc(5);
const EMPTY = new Uint8Array();
const MIB = 2 ** 20;

test("a handler that takes longer than a call may is answered for, and its signal aborts", async () => {
  const left = deferred<void>();
  const { socket } = await serveHandlers(
    {
      async getStatus(_deps, _request, { signal }) {
        await aborted(signal);
        left.resolve();
        return EMPTY;
      },
    },
    { unaryCallMs: 300 },
  );

  const outcome = await rawCall(rawSession(socket), {}, EMPTY_FRAME);

  expect(outcome.headers).toMatchObject({ "grpc-status": DEADLINE_EXCEEDED, "grpc-message": expect.stringContaining("300 ms") });
  await left.promise;
});

test.each([
  ["one answer", METHODS.one, [0, 0]],
  ["one answer, whose message is complete and not its end", METHODS.one, [0, 0, 0, 0, 0]],
  ["many answers", "/seglog.v1.SegmentService/Tail", [0, 0]],
  ["many requests, in the midst of one", METHODS.many, [0, 0, 0, 0, 0, 0, 0]],
])("the rest of a request of a call with %s is not waited for without end", async (_what, path, bytes) => {
  const { socket } = await serveHandlers(
    {
      getStatus: async () => EMPTY,
      async *tail() {},
      async importSegment(_deps, requests) {
        for await (const _ of requests);
        return EMPTY;
      },
    },
    { unaryCallMs: 300 },
  );

  const stream = openRawCall(rawSession(socket), { ":path": path });
  stream.write(Buffer.from(bytes));
  const outcome = await rawOutcome(stream);

  expect(outcome.headers).toMatchObject({ "grpc-status": DEADLINE_EXCEEDED });
});

test("between two whole messages a stream may wait as long as it likes", async () => {
  const { socket, completed } = await serveOneAndMany({ unaryCallMs: 200 });

  const stream = openRawCall(rawSession(socket), { ":path": METHODS.many });
  stream.write(EMPTY_FRAME);
  await new Promise((resolve) => setTimeout(resolve, 900)); // several sweeps
  stream.end(EMPTY_FRAME);
  const outcome = await rawOutcome(stream);

  expect(outcome.headers).toMatchObject({ "grpc-status": OK });
  expect(completed).toEqual(["many"]);
});

test.each(Object.values(METHODS))("unfinished requests of one connection to %s are held up to the limit, and no more", async (path) => {
  const { socket, completed } = await serveOneAndMany({ requestBytesMax: 2 * MIB, heldBytesPerConnectionMax: MIB });
  const [greedy, other] = [rawSession(socket), rawSession(socket)];
  const below = openRawCall(greedy, { ":path": path });
  below.write(allButTheLast(MIB / 2 - 100));

  const above = openRawCall(greedy, { ":path": path });
  above.write(allButTheLast(MIB));
  const refused = await rawOutcome(above);
  const beside = await rawCall(other, { ":path": path }, frame(0, Buffer.alloc(MIB - 100_000)));
  below.end(Buffer.alloc(1));

  expect(refused.headers).toMatchObject({ "grpc-status": RESOURCE_EXHAUSTED, "grpc-message": expect.stringContaining(`${MIB} bytes`) });
  expect(beside.headers).toMatchObject({ "grpc-status": OK });
  expect((await rawOutcome(below)).headers).toMatchObject({ "grpc-status": OK });
  expect(completed).toHaveLength(2);
});

test("what was held for a call that was given up is given back", async () => {
  const { socket } = await serveOneAndMany({ requestBytesMax: 2 * MIB, heldBytesPerConnectionMax: MIB });
  const session = rawSession(socket);

  for (let i = 0; i < 5; i++) {
    const call = openRawCall(session);
    call.write(allButTheLast(MIB / 2));
    await new Promise<unknown>((resolve) => session.ping(resolve)); // behind it, the server has some of it
    call.close(constants.NGHTTP2_CANCEL);
    if (!call.destroyed) await once(call, "close");
    await new Promise((resolve) => setTimeout(resolve, 300)); // a sweep
  }

  expect((await rawCall(session, {}, frame(0, Buffer.alloc(MIB / 2)))).headers).toMatchObject({ "grpc-status": OK });
});

test("unread answers of one connection are held up to the limit; its tails wait, its calls are refused, others are served", async () => {
  let pulled = 0;
  const { client, socket } = await serveHandlers(
    {
      getStatus: async () => EMPTY,
      async *tail() {
        for (;;) {
          pulled++;
          yield new Uint8Array(MIB / 2);
        }
      },
    },
    { heldBytesPerConnectionMax: MIB },
  );
  const session = rawSession(socket);
  const tails = [1, 2, 3, 4].map(() => openRawCall(session, { ":path": "/seglog.v1.SegmentService/Tail" }));
  for (const tail of tails) {
    tail.end(EMPTY_FRAME);
    await once(tail, "response");
  }

  const refused = await rawCall(session, {}, EMPTY_FRAME);

  expect(refused.headers).toMatchObject({ "grpc-status": RESOURCE_EXHAUSTED, "grpc-message": expect.stringContaining(`${MIB} bytes`) });
  expect(pulled).toBeLessThanOrEqual(tails.length);
  await client.getStatus({});
});

test("while memory is short, calls are refused but for status, and who stands still is cut off", async () => {
  let anonymous = 0;
  const { client, socket } = await serveWithMemory(
    {
      getStatus: async () => EMPTY,
      append: async () => EMPTY,
      async *tail() {
        for (;;) yield new Uint8Array(MIB);
      },
    },
    { anonymousBytes: () => anonymous, usedBytes: () => anonymous },
  );
  const session = rawSession(socket);
  const tail = openRawCall(session, { ":path": "/seglog.v1.SegmentService/Tail" });
  tail.end(EMPTY_FRAME);
  await once(tail, "response"); // and it reads nothing before its end is there
  const unfinished = openRawCall(session);
  unfinished.write(EMPTY_FRAME);

  anonymous = DEFAULT_LIMITS.memoryBytesMax + 1;
  await Promise.all([rawOutcome(unfinished), new Promise((resolve) => tail.once("close", resolve))]);

  expect(tail.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  await expect(client.append({})).rejects.toMatchObject({ codeName: "RESOURCE_EXHAUSTED", reason: "OVERLOADED", retryAfterMs: 1000 });
  await client.getStatus({});
  anonymous = 0;
  await new Promise((resolve) => setTimeout(resolve, 700)); // it looks four times a second
  await client.append({});
});

/** A message that lacks its last byte. */
function allButTheLast(bytes: number): Buffer {
  return frame(0, Buffer.alloc(bytes)).subarray(0, -1);
}

async function serveWithMemory(handlers: FakeHandlers, memory: ProcessMemory, limits: Partial<Limits> = {}) {
  const socket = join(temporaryFolder(), "s.sock");
  const listener = createServer().listen(socket);
  await once(listener, "listening");
  const server = startGrpcServer({
    entrances: [{ listener, gateOf: () => openGate("admin") }],
    services: [servedService(SegmentService, { handlers, deps: undefined })],
    limits: { ...DEFAULT_LIMITS, ...limits },
    memory,
    onUnexpected: () => {},
  });
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { client, socket };
}
