import { constants } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { AppendResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { SeglogError } from "../../src/model/errors.js";
import { aborted, deferred } from "../support/deferred.js";
import { openRawCall, rawSession } from "../support/raw-call.js";
import { serveHandlers } from "../support/serve-handlers.js";

const EMPTY = new Uint8Array();

test("a handler gets the request as it was sent and its answer reaches the caller", async () => {
  const requests: Uint8Array[] = [];
  const answer = toBinary(AppendResponseSchema, create(AppendResponseSchema, { segmentId: "S", entryCount: 3n }));
  const { client } = await serveHandlers({
    append: async (_deps, request) => {
      requests.push(request);
      return answer;
    },
  });

  const response = await client.append({ segmentId: "S", requestId: "r" });

  expect(response).toMatchObject({ segmentId: "S", entryCount: 3n });
  expect(requests).toEqual([new Uint8Array([0x0a, 1, 0x53, 0x2a, 1, 0x72])]);
});

test("an error that nobody foresaw is INTERNAL to the caller and told to the server with its method", async () => {
  const bug = new TypeError("secret");
  const { client, unexpected } = await serveHandlers({
    append: () => Promise.reject(bug),
    getStatus: () => {
      throw bug; // before any promise
    },
  });

  const appended = client.append({});
  await expect(appended).rejects.toMatchObject({ codeName: "INTERNAL", message: "internal error", reason: undefined });
  const status = client.getStatus({});
  await expect(status).rejects.toMatchObject({ codeName: "INTERNAL", message: "internal error" });
  expect(unexpected).toEqual([
    { error: bug, method: "Append" },
    { error: bug, method: "GetStatus" },
  ]);
});

test("a method without a handler is UNIMPLEMENTED, of every kind", async () => {
  const { client } = await serveHandlers({});

  const outcomes = await Promise.allSettled([
    client.append({}),
    client.importSegment([]),
    first(client.tail({})),
    first(client.appendStream([])),
  ]);

  const unimplemented = { status: "rejected", reason: { codeName: "UNIMPLEMENTED" } };
  expect(outcomes).toMatchObject([unimplemented, unimplemented, unimplemented, unimplemented]);
});

test("a handler's signal aborts when its caller goes away", async () => {
  const started = deferred<AbortSignal>();
  const { client, unexpected } = await serveHandlers({
    append: async (_deps, _request, { signal }) => {
      started.resolve(signal);
      await aborted(signal);
      throw signal.reason;
    },
  });
  const leaving = new AbortController();

  const call = client.append({}, { signal: leaving.signal });
  const signal = await started.promise;
  leaving.abort();

  await expect(call).rejects.toMatchObject({ codeName: "CANCELLED" });
  await aborted(signal);
  expect(unexpected).toEqual([]);
});

test("a handler's signal aborts when the deadline passes", async () => {
  const ended = deferred<void>();
  const { client } = await serveHandlers({
    append: async (_deps, _request, { signal }) => {
      await aborted(signal);
      ended.resolve();
      return EMPTY;
    },
  });

  const call = client.append({}, { deadlineMs: 500 });

  await expect(call).rejects.toMatchObject({ codeName: "DEADLINE_EXCEEDED" });
  await ended.promise;
});

test("the signal of a call that went well never aborts", async () => {
  const signals: AbortSignal[] = [];
  const { client } = await serveHandlers({
    append: async (_deps, _request, { signal }) => {
      signals.push(signal);
      return EMPTY;
    },
    getStatus: () => Promise.reject(new SeglogError("STARTING", "not yet")),
  });

  await client.append({});
  await client.append({});
  await client.getStatus({}).catch(() => {}); // one more round trip, after which the first calls' ends were seen

  expect(signals.map((signal) => signal.aborted)).toEqual([false, false]);
});

test("a request above the limit is refused before a handler sees it, one at the limit is not", async () => {
  const sizes: number[] = [];
  const { client } = await serveHandlers(
    {
      append: async (_deps, request) => {
        sizes.push(request.length);
        return EMPTY;
      },
    },
    { requestBytesMax: 1000 },
  );

  await client.append({ requestId: "x".repeat(1000 - 3) });
  const large = client.append({ requestId: "x".repeat(200_000) });

  await expect(large).rejects.toMatchObject({ codeName: "RESOURCE_EXHAUSTED" });
  expect(sizes).toEqual([1000]);
});

test("an answer that its caller leaves unread is given up", async () => {
  const { socket } = await serveHandlers({ append: async () => new Uint8Array(1024 * 1024) }, { slowObserverMs: 100 });

  const stream = openRawCall(rawSession(socket), { ":path": "/seglog.v1.SegmentService/Append" });
  stream.end(Buffer.alloc(5)); // one empty request
  await new Promise((resolve) => stream.once("close", resolve));

  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

async function first<T>(stream: AsyncIterable<T>): Promise<T | undefined> {
  for await (const message of stream) return message;
  return undefined;
}
