import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
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
  ["a length of 4 GiB", {}, [0, 0xff, 0xff, 0xff, 0xff], "8"],
  ["a compressed message that is none", { "grpc-encoding": "gzip" }, [1, 0, 0, 0, 2, 9, 9], "13"],
  ["an unknown compression", { "grpc-encoding": "zstd" }, [1, 0, 0, 0, 2, 9, 9], "12"],
  ["a deadline that is none", { "grpc-timeout": "soon" }, [0, 0, 0, 0, 0], "13"],
  ["no message", {}, [], "12"],
  ["two messages", {}, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "12"],
])("%s in a call is answered with a status", async (_what, headers, bytes, status) => {
  const { client, socket, unexpected } = await serveHandlers({ getStatus: async () => new Uint8Array() });
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());

  const stream = session.request({
    ":method": "POST",
    ":path": "/seglog.v1.SegmentService/GetStatus",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.resume();
  stream.end(Buffer.from(bytes));
  const [response] = await once(stream, "response");

  expect(response["grpc-status"]).toBe(status);
  await client.getStatus({});
  expect(unexpected).toEqual([]);
});
