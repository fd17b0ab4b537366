import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { GetStatusResponseSchema, ReadEntriesResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { openGate } from "../../src/access/gate.js";
import { SegmentClientError } from "../../src/client/client-error.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { STATUS_CODE_OF_REASON } from "../../src/contract/status-code.js";
import { type Reason, SeglogError } from "../../src/model/errors.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { startGrpcServer } from "../../src/transport/grpc-server.js";
import { servedService } from "../../src/transport/served-service.js";
import { aborted } from "../support/deferred.js";
import { ONE_TRY } from "../support/one-try.js";
import { serveHandlers } from "../support/serve-handlers.js";

const status = async () => toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema, { version: "1.2.3" }));

test("the client has every method of the contract", async () => {
  const { client } = await serveHandlers({});

  expect(Object.keys(client).sort()).toEqual([...SegmentService.methods.map((method) => method.localName), "close"].sort());
});

test.each(Object.keys(STATUS_CODE_OF_REASON) as Reason[])("%s reaches a caller with all that it says", async (reason) => {
  // keys forgets that they are reasons
  const facts = { metadata: { entry_count: "3" }, fieldViolations: [{ field: "a", description: "is no good" }], retryAfterMs: 250 };
  const { client, unexpected } = await serveHandlers({ append: () => Promise.reject(new SeglogError(reason, `no: ${reason} ✓`, facts)) });

  const error: unknown = await client.append({}).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(SegmentClientError);
  expect(error).toMatchObject({ code: STATUS_CODE_OF_REASON[reason], reason, message: `no: ${reason} ✓`, ...facts });
  expect(unexpected).toEqual([]);
});

test("without a daemon a call fails at once and says what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "seglog-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const socket = join(folder, "none.sock");
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());

  const called = client.getStatus({});
  const streamed = (async () => {
    for await (const _ of client.tail({}));
  })();

  for (const outcome of await Promise.allSettled([called, streamed])) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { codeName: "UNAVAILABLE", reason: undefined } });
    expect(outcome).toMatchObject({ reason: { message: expect.stringContaining(socket) } });
    expect(outcome).toMatchObject({ reason: { message: expect.stringContaining("is the daemon running? start it with: seglog serve") } });
  }
});

test("a socket's path may be relative to the working folder", async () => {
  const { socket } = await serveHandlers({ getStatus: status });
  const client = createSegmentClient({ socket: relative(process.cwd(), socket) }, ONE_TRY);
  onTestFinished(() => client.close());

  expect(await client.getStatus({})).toMatchObject({ version: "1.2.3" });
});

test("a daemon may be called by an address too", async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const server = startGrpcServer({
    entrances: [{ listener, gateOf: () => openGate("admin") }],
    services: [servedService(SegmentService, { handlers: { getStatus: status }, deps: undefined })],
    limits: DEFAULT_LIMITS,
    onUnexpected: () => {},
  });
  onTestFinished(() => server.close());
  const client = createSegmentClient({ address: `127.0.0.1:${port}` }, ONE_TRY);
  onTestFinished(() => client.close());

  expect(await client.getStatus({})).toMatchObject({ version: "1.2.3" });
});

test("a call that was aborted before it began is CANCELLED, with the caller's reason, and not sent", async () => {
  let count = 0;
  const { client } = await serveHandlers({
    getStatus: () => {
      count++;
      return status();
    },
  });

  const called = client.getStatus({}, { signal: AbortSignal.abort("why not") });
  const streamed = client
    .tail({}, { signal: AbortSignal.abort("why not") })
    [Symbol.asyncIterator]()
    .next();

  const cancelled = { status: "rejected", reason: { codeName: "CANCELLED", cause: "why not" } };
  expect(await Promise.allSettled([called, streamed])).toMatchObject([cancelled, cancelled]);
  await client.getStatus({});
  expect(count).toBe(1);
});

test("a signal aborts a stream that is being read", async () => {
  const leaving = new AbortController();
  const { client } = await serveHandlers({
    async *readEntries(_deps, _request, { signal }) {
      yield toBinary(ReadEntriesResponseSchema, create(ReadEntriesResponseSchema, { segmentId: "S" }));
      await aborted(signal);
    },
  });

  const read = (async () => {
    for await (const _ of client.readEntries({}, { signal: leaving.signal })) leaving.abort();
  })();

  await expect(read).rejects.toMatchObject({ codeName: "CANCELLED" });
});

test("a stream is called anew for each iteration, and not before", async () => {
  let count = 0;
  const { client } = await serveHandlers({
    async *readEntries() {
      count++;
      yield new Uint8Array();
    },
    getStatus: status,
  });

  const entries = client.readEntries({});
  await client.getStatus({});
  expect(count).toBe(0);
  for await (const _ of client.readEntries({}));
  for await (const _ of entries);

  expect(count).toBe(2);
});

test("a message of 4 MiB reaches a client of default settings", async () => {
  const token = "x".repeat(4 * 1024 * 1024 - 5);
  const { client } = await serveHandlers({
    listSegments: async () => Buffer.concat([Buffer.from([0x12, 0xfb, 0xff, 0xff, 0x01]), Buffer.from(token)]),
  });

  const { nextPageToken } = await client.listSegments({});

  expect(nextPageToken.length).toBe(token.length);
});

test("a client that is closed ends what is open, and calls after that, with CANCELLED", async () => {
  const { socket } = await serveHandlers({
    getStatus: status,
    async *tail(_deps, _request, { signal }) {
      await aborted(signal);
      yield* [];
    },
  });
  const client = createSegmentClient({ socket });
  const open = (async () => {
    for await (const _ of client.tail({}));
  })();
  await client.getStatus({});

  client.close();

  await expect(open).rejects.toMatchObject({ name: "SegmentClientError", codeName: "CANCELLED" });
  await expect(client.getStatus({})).rejects.toMatchObject({ name: "SegmentClientError", codeName: "CANCELLED" });
});
