import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { draining } from "../../src/model/errors.js";
import { aborted, deferred } from "../support/deferred.js";
import { ONE_TRY } from "../support/one-try.js";
import { serveHandlers } from "../support/serve-handlers.js";

test("a drain waits for the calls that are being answered, and they get their answers", async () => {
  const arrived = deferred<void>();
  const goOn = deferred<void>();
  const { client, server } = await serveHandlers({
    append: async () => {
      arrived.resolve();
      await goOn.promise;
      return new Uint8Array([0x10, 7]);
    },
  });
  const appended = client.append({});
  await arrived.promise;

  let isDrained = false;
  const drained = server.drain().then(() => {
    isDrained = true;
  });
  const lateClient = client.getStatus({});
  await expect(lateClient).rejects.toMatchObject({ codeName: "UNAVAILABLE" });
  expect(isDrained).toBe(false);
  goOn.resolve();

  expect(await appended).toMatchObject({ firstIndex: 7n });
  await drained;
  expect(server.openCallCount).toBe(0);
});

test("a drain waits for a handler whose caller has gone", async () => {
  const gone = deferred<void>();
  const goOn = deferred<void>();
  const leaving = new AbortController();
  const { client, server } = await serveHandlers({
    append: async (_deps, _request, { signal }) => {
      leaving.abort();
      await aborted(signal);
      gone.resolve();
      await goOn.promise;
      throw signal.reason;
    },
  });
  await expect(client.append({}, { signal: leaving.signal })).rejects.toMatchObject({ codeName: "CANCELLED" });
  client.close();
  await gone.promise;

  const order: string[] = [];
  const drained = server.drain().then(() => order.push("drained"));
  await setTimeout(700); // longer than a connection is waited for
  order.push("handler");
  goOn.resolve();
  await drained;

  expect(order).toEqual(["handler", "drained"]);
});

test("streams that their handlers end in a drain reach their observers with the reason", async () => {
  const stop = deferred<void>();
  const arrived = deferred<void>();
  const { client, server } = await serveHandlers({
    async *tail() {
      arrived.resolve();
      await stop.promise;
      yield* [];
      throw draining();
    },
  });
  const read = (async () => {
    for await (const _ of client.tail({}));
  })();
  await arrived.promise;

  stop.resolve();
  const drained = server.drain();

  await expect(read).rejects.toMatchObject({ codeName: "UNAVAILABLE", reason: "DRAINING", retryAfterMs: 1000 });
  await drained;
});

test("a drained server takes no connection, and no call on a connection that stays", async () => {
  const arrived = deferred<void>();
  const goOn = deferred<void>();
  let statusCount = 0;
  const { server, socket } = await serveHandlers({
    append: async () => {
      arrived.resolve();
      await goOn.promise;
      return new Uint8Array();
    },
    getStatus: async () => {
      statusCount++;
      return new Uint8Array();
    },
  });
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());
  session.on("error", () => {});
  const post = (path: string) => {
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
    stream.on("error", () => {});
    stream.end(Buffer.alloc(5));
    return stream;
  };
  post("/seglog.v1.SegmentService/Append");
  await arrived.promise;

  const drained = server.drain();
  const late = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => late.close());

  await expect(late.getStatus({})).rejects.toMatchObject({ codeName: "UNAVAILABLE" });
  try {
    await once(post("/seglog.v1.SegmentService/GetStatus").resume(), "close");
  } catch {
    // node:http2 itself may refuse a request after GOAWAY
  }
  goOn.resolve();
  await drained;
  expect(statusCount).toBe(0);
});

test("closing a server aborts what is being answered", async () => {
  const arrived = deferred<AbortSignal>();
  const { client, server } = await serveHandlers({
    append: async (_deps, _request, { signal }) => {
      arrived.resolve(signal);
      await once(signal, "abort");
      throw signal.reason;
    },
  });
  const appended = client.append({});
  const outcome = expect(appended).rejects.toMatchObject({ codeName: "UNAVAILABLE" });
  const signal = await arrived.promise;

  await server.close();

  await outcome;
  expect(signal.aborted).toBe(true);
});

test("authorities that clients send over a Unix socket are served", async () => {
  const { socket } = await serveHandlers({ getStatus: async () => new Uint8Array() });

  for (const authority of ["localhost", socket.replaceAll("/", "%2F"), "tmp%2Fx.sock"]) {
    const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
    const stream = session.request({
      ":method": "POST",
      ":path": "/seglog.v1.SegmentService/GetStatus",
      ":authority": authority,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.end(Buffer.alloc(5));
    stream.resume();
    const [trailers] = (await once(stream, "trailers")) as [Record<string, unknown>]; // as node:http2 emits them
    expect(trailers["grpc-status"]).toBe("0");
    session.destroy();
  }
});
