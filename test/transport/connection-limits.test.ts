import { once } from "node:events";
import { type ClientHttp2Session, constants } from "node:http2";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { callHeaders, FLAG, FRAME, frameHeader } from "../../bench/load/http2-frames.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { openGate } from "../../src/access/gate.js";
import { CANCELS_MAX, DEFAULT_LIMITS, EVICTED_IDLE_MS_MIN } from "../../src/model/limits.js";
import { startGrpcServer } from "../../src/transport/grpc-server.js";
import { servedService } from "../../src/transport/served-service.js";
import { aborted, deferred } from "../support/deferred.js";
import { openRawCall, rawCall, rawOutcome, rawSession } from "../support/raw-call.js";
import { GREETING, rawSocket, staysOpen } from "../support/raw-socket.js";
import { serveHandlers } from "../support/serve-handlers.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OK = "0";
const EMPTY_FRAME = [0, 0, 0, 0, 0];
const TAIL = "/seglog.v1.SegmentService/Tail";
const EMPTY = new Uint8Array();

/** Status that is answered at once, and a tail that says nothing until it is left. */
const HANDLERS = {
  getStatus: async () => EMPTY,
  async *tail(_deps: undefined, _request: Uint8Array, { signal }: { readonly signal: AbortSignal }) {
    await aborted(signal);
    yield* [];
  },
};

test.each([
  ["nothing", Buffer.alloc(0)],
  ["half of what HTTP/2 begins with", GREETING.subarray(0, 12)],
  ["all but its settings", GREETING.subarray(0, 24)],
  ["noise behind a good beginning", Buffer.concat([GREETING.subarray(0, 24), Buffer.alloc(200, 0xff)])],
])("a connection that says %s is cut when the time for it is over", async (_what, bytes) => {
  const { client, socket } = await serveHandlers(HANDLERS, { handshakeMs: 300 });

  const { closed } = await rawSocket(socket, bytes);
  await closed;

  await client.getStatus({});
});

test("a connection that has said what HTTP/2 begins with may take its time with its first call", async () => {
  const { socket } = await serveHandlers(HANDLERS, { handshakeMs: 200 });
  const session = rawSession(socket);
  await once(session, "remoteSettings");

  await new Promise((resolve) => setTimeout(resolve, 700)); // several sweeps
  const outcome = await rawCall(session, {}, EMPTY_FRAME);

  expect(outcome.headers).toMatchObject({ "grpc-status": OK });
});

test("what makes no sense in the midst of a connection cuts it, though it has been idle for no time", async () => {
  const { socket } = await serveHandlers(HANDLERS);
  const connection = await rawSocket(socket, GREETING);
  await once(connection.socket, "data");

  connection.socket.write(Buffer.alloc(200, 0xff));
  await connection.closed;
});

test("a connection without calls is ended in good order, and its client goes on with another", async () => {
  const { client, socket } = await serveHandlers(HANDLERS, { idleConnectionMs: 300 });
  await client.getStatus({});
  const idle = rawSession(socket);

  const [code] = await once(idle, "goaway");
  await once(idle, "close");

  expect(code).toBe(constants.NGHTTP2_NO_ERROR);
  await client.getStatus({});
});

test("a connection with an open call is not idle, however long nothing goes over it", async () => {
  const { socket } = await serveHandlers(HANDLERS, { idleConnectionMs: 300 });
  const session = rawSession(socket);
  const tail = openRawCall(session, { ":path": TAIL });
  tail.end(Buffer.from(EMPTY_FRAME));
  await once(tail, "response");

  await new Promise((resolve) => setTimeout(resolve, 1000)); // several sweeps

  expect(session.closed).toBe(false);
});

test("a client that answers no PING loses its connection and its calls, one that does keeps both", async () => {
  const left = deferred<void>();
  const { socket } = await serveHandlers(
    {
      async *tail(_deps, _request, { signal }) {
        await aborted(signal);
        left.resolve();
        yield* [];
      },
    },
    { keepaliveMs: 300, keepaliveTimeoutMs: 300 },
  );
  const answering = rawSession(socket);
  const tail = openRawCall(answering, { ":path": TAIL });
  tail.end(Buffer.from(EMPTY_FRAME));
  await once(tail, "response");
  const call = { headers: callHeaders(TAIL), data: Buffer.from(EMPTY_FRAME) };

  const silent = await rawSocket(
    socket,
    Buffer.concat([
      GREETING,
      frameHeader({ type: FRAME.headers, flags: FLAG.endHeaders, stream: 1, payloadBytes: call.headers.length }),
      call.headers,
      frameHeader({ type: FRAME.data, flags: FLAG.endStream, stream: 1, payloadBytes: call.data.length }),
      call.data,
    ]),
  );
  await silent.closed;
  await left.promise;
  await new Promise((resolve) => setTimeout(resolve, 500)); // longer than the other's patience was tried

  expect(answering.closed).toBe(false);
});

test("connections above the limit are closed as they come, those at the limit are served", async () => {
  const { socket } = await serveHandlers(HANDLERS, { connectionsMax: 2 });
  const first = rawSession(socket);
  const tails = [first, rawSession(socket)].map((session) => openRawCall(session, { ":path": TAIL }));
  for (const tail of tails) {
    tail.end(Buffer.from(EMPTY_FRAME));
    await once(tail, "response");
  }

  const third = await rawSocket(socket, GREETING);
  await third.closed;

  expect((await rawCall(first, {}, EMPTY_FRAME)).headers).toMatchObject({ "grpc-status": OK });
});

test("where all places are taken, the connection that does nothing for longest makes room", async () => {
  const { client, socket } = await serveHandlers(HANDLERS, { connectionsMax: 2 });
  const longest = await rawSocket(socket, GREETING);
  const other = await rawSocket(socket, GREETING);
  await new Promise((resolve) => setTimeout(resolve, EVICTED_IDLE_MS_MIN + 100));

  await client.getStatus({});

  await longest.closed;
  expect(await staysOpen(other, 50)).toBe(true);
});

test("where users are told apart, none has more connections than a user may have", async () => {
  const path = join(temporaryFolder(), "s.sock");
  const listener = createServer().listen(path);
  await once(listener, "listening");
  let uid = 1;
  const users = { connectionsMax: 2, uidOf: () => uid };
  const services = [servedService(SegmentService, { handlers: HANDLERS, deps: undefined })];
  const server = startGrpcServer({
    entrances: [{ listener, gateOf: () => openGate("admin") }],
    services,
    limits: DEFAULT_LIMITS,
    users,
    onUnexpected: () => {},
  });
  onTestFinished(() => server.close());
  const kept = [await rawSocket(path, GREETING), await rawSocket(path, GREETING)];
  for (const { socket } of kept) await once(socket, "data");

  const third = await rawSocket(path, GREETING);
  await third.closed;
  uid = 2;
  const others = await rawSocket(path, GREETING);
  await once(others.socket, "data");
  uid = 1;
  kept[0]?.socket.destroy();
  await kept[0]?.closed;

  for (let isServed = false; !isServed; ) {
    const again = await rawSocket(path, GREETING); // the server may hear of the end of the other a moment later
    isServed = await Promise.race([
      again.closed.then(() => false),
      new Promise<boolean>((resolve) => again.socket.once("data", () => resolve(true))),
    ]);
  }
});

test.each([
  [5, "stays"],
  [6, "is cut"],
])("of 5 resets that are allowed, a connection with %i %s", async (resets, becomes) => {
  const { socket } = await serveHandlers({ ...HANDLERS, append: untilLeft }, { resetsMax: 5 });
  const session = rawSession(socket);
  await rawCall(session, {}, EMPTY_FRAME);

  for (let i = 0; i < resets; i++) await giveUp(session, "/seglog.v1.SegmentService/Append");

  if (becomes === "is cut") await closeOf(session);
  else expect((await rawCall(session, {}, EMPTY_FRAME)).headers).toMatchObject({ "grpc-status": OK });
});

test("tails that are left are no resets: their answer has begun", async () => {
  const { socket } = await serveHandlers(HANDLERS, { resetsMax: 1 });
  const session = rawSession(socket);

  for (let i = 0; i < 10; i++) await leaveTail(session);

  expect((await rawCall(session, {}, EMPTY_FRAME)).headers).toMatchObject({ "grpc-status": OK });
});

test("a client that leaves more tails than may be left is cut by us, before nghttp2 ends the session and leaves its socket open", async () => {
  const { socket } = await serveHandlers(HANDLERS);
  const session = rawSession(socket);
  const goAways: number[] = [];
  session.on("goaway", (code: number) => goAways.push(code));
  const closed = closeOf(session);
  let isOpen = true;
  void closed.then(() => (isOpen = false));
  let left = 0;

  for (; isOpen && left < 2000; left++) await Promise.race([leaveTail(session), closed]);
  await closed;

  expect(left).toBeGreaterThanOrEqual(CANCELS_MAX);
  expect(goAways).toEqual([]);
});

async function leaveTail(session: ClientHttp2Session): Promise<void> {
  const tail = openRawCall(session, { ":path": TAIL });
  tail.on("error", () => {}); // the connection may be cut meanwhile
  tail.end(Buffer.from(EMPTY_FRAME));
  await once(tail, "response");
  tail.close(constants.NGHTTP2_CANCEL);
  await once(tail, "close");
}

test("a client with as many calls open as it may have waits with the next", async () => {
  const ending = deferred<void>();
  const handlers = {
    ...HANDLERS,
    async *tail() {
      await ending.promise;
      yield* [];
    },
  };
  const { socket } = await serveHandlers(handlers, { callsPerConnectionMax: 2 });
  const session = rawSession(socket);
  await once(session, "remoteSettings");
  const tails = [openRawCall(session, { ":path": TAIL }), openRawCall(session, { ":path": TAIL })];
  for (const tail of tails) {
    tail.end(Buffer.from(EMPTY_FRAME));
    tail.resume();
    await once(tail, "response");
  }

  const third = openRawCall(session);
  const outcome = rawOutcome(third);
  third.end(Buffer.from(EMPTY_FRAME));
  ending.resolve();

  expect(session.remoteSettings.maxConcurrentStreams).toBe(2);
  expect((await outcome).headers).toMatchObject({ "grpc-status": OK });
});

test("content that is mostly padding cuts its connection before much of it was looked at", async () => {
  let taken = 0;
  const { client, socket } = await serveHandlers({
    ...HANDLERS,
    async *appendStream(_deps, requests) {
      for await (const group of requests) taken += group.length;
      yield* [];
    },
  });
  const headers = callHeaders("/seglog.v1.SegmentService/AppendStream");
  const padded = Buffer.concat([Buffer.from([255, 0]), Buffer.alloc(255)]);
  const { socket: flooding, closed } = await rawSocket(
    socket,
    Buffer.concat([
      GREETING,
      frameHeader({ type: FRAME.headers, flags: FLAG.endHeaders, stream: 1, payloadBytes: headers.length }),
      headers,
    ]),
  );

  const frame = Buffer.concat([frameHeader({ type: FRAME.data, flags: FLAG.padded, stream: 1, payloadBytes: padded.length }), padded]);
  flooding.write(Buffer.concat(Array.from({ length: 50_000 }, () => frame)));
  await closed;

  expect(taken).toBeLessThan(2000); // of 10,000 empty messages
  await client.getStatus({});
});

test("SETTINGS without end cut their connection, also where every answer to them is read", async () => {
  const { client, socket } = await serveHandlers(HANDLERS);
  const { socket: flooding, closed } = await rawSocket(socket, GREETING);

  flooding.write(Buffer.concat(Array.from({ length: 200 }, () => GREETING.subarray(24))));
  await closed;

  await client.getStatus({});
});

async function untilLeft(_deps: undefined, _request: Uint8Array, { signal }: { readonly signal: AbortSignal }): Promise<Uint8Array> {
  await aborted(signal);
  return EMPTY;
}

async function giveUp(session: ClientHttp2Session, path: string): Promise<void> {
  const call = openRawCall(session, { ":path": path });
  call.end(Buffer.from(EMPTY_FRAME));
  await new Promise<unknown>((resolve) => session.ping(resolve) || resolve(undefined)); // behind it, the server has the call
  call.close(constants.NGHTTP2_CANCEL);
  if (!call.destroyed) await once(call, "close");
}

async function closeOf(session: ClientHttp2Session): Promise<void> {
  if (!session.destroyed) await once(session, "close");
}
