import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  AppendStreamRequestSchema,
  AppendStreamResponseSchema,
  ImportSegmentRequestSchema,
  ImportSegmentResponseSchema,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { SeglogError } from "../../src/model/errors.js";
import { aborted, deferred } from "../support/deferred.js";
import { type FakeHandlers, serveHandlers } from "../support/serve-handlers.js";

const echo: FakeHandlers = {
  async *appendStream(_deps, requests) {
    for await (const group of requests) {
      yield group.map((request) => {
        const { correlationId } = fromBinary(AppendStreamRequestSchema, request);
        return toBinary(AppendStreamResponseSchema, create(AppendStreamResponseSchema, { correlationId }));
      });
    }
  },
};

test("10,000 requests of a stream are answered in order", async () => {
  const { client } = await serveHandlers(echo);

  const answered: bigint[] = [];
  for await (const { correlationId } of client.appendStream(numbered(10_000))) answered.push(correlationId);

  expect(answered).toEqual(Array.from({ length: 10_000 }, (_, i) => BigInt(i)));
});

test("requests are not taken while the answers are not read", async () => {
  const message = "x".repeat(16_384);
  const { client } = await serveHandlers({
    async *appendStream(_deps, requests) {
      const answer = create(AppendStreamResponseSchema, { outcome: { case: "error", value: { message } } });
      for await (const group of requests) {
        for (const _ of group) yield [toBinary(AppendStreamResponseSchema, answer)];
      }
    },
  });
  let taken = 0;
  const requests = numbered(10_000, 4096, () => taken++);

  const answers = client.appendStream(requests)[Symbol.asyncIterator]();
  await answers.next();
  const takenBefore = await settled(() => taken);

  expect(takenBefore).toBeLessThan(1000); // 16 MB of answers fit nowhere
  await answers.return?.();
});

test("requests are not taken while the handler does not read them", async () => {
  const goOn = deferred<void>();
  let counted = 0;
  const { client } = await serveHandlers({
    async importSegment(_deps, requests) {
      await goOn.promise;
      for await (const group of requests) {
        for (const request of group) counted += fromBinary(ImportSegmentRequestSchema, request).sessionId.length;
      }
      return toBinary(ImportSegmentResponseSchema, create(ImportSegmentResponseSchema, { addedCount: BigInt(counted) }));
    },
  });
  let taken = 0;

  const imported = client.importSegment(megabytes(64, () => taken++));
  const takenBefore = await settled(() => taken);
  goOn.resolve();

  expect(takenBefore).toBeLessThan(32);
  expect(await imported).toMatchObject({ addedCount: 64n * 1024n * 1024n });
});

test("a handler that answers before the last request ends the call", async () => {
  const { client } = await serveHandlers({
    async importSegment(_deps, requests) {
      for await (const _ of requests) throw new SeglogError("SEGMENT_DIFFERS", "entry 0 differs", { metadata: { index: "0" } });
      return new Uint8Array();
    },
  });
  const closed = deferred<void>();

  const imported = client.importSegment(endless(closed.resolve));

  await expect(imported).rejects.toMatchObject({ codeName: "ALREADY_EXISTS", reason: "SEGMENT_DIFFERS", metadata: { index: "0" } });
  await closed.promise;
});

test("a stream of requests that breaks off never looks complete to its handler", async () => {
  const arrived = deferred<void>();
  const outcome = deferred<unknown>();
  const { client } = await serveHandlers({
    async importSegment(_deps, requests) {
      try {
        for await (const _ of requests) arrived.resolve();
        outcome.resolve("complete");
      } catch (error) {
        outcome.resolve(error);
      }
      return new Uint8Array();
    },
  });
  const leaving = new AbortController();

  const imported = client.importSegment(oneAndNoMore(leaving.signal), { signal: leaving.signal });
  await arrived.promise;
  leaving.abort();

  await expect(imported).rejects.toMatchObject({ codeName: "CANCELLED" });
  expect(await outcome.promise).toMatchObject({ name: "AbortError" });
});

test("requests that fail on the client's side cancel the call and surface as they are", async () => {
  const arrived = deferred<void>();
  const gone = deferred<void>();
  const { client, unexpected } = await serveHandlers({
    async importSegment(_deps, requests, { signal }) {
      signal.addEventListener("abort", () => gone.resolve());
      for await (const _ of requests) arrived.resolve();
      return new Uint8Array();
    },
  });

  const imported = client.importSegment(failing(arrived.promise));

  await expect(imported).rejects.toThrow("torn file");
  await gone.promise;
  expect(unexpected).toEqual([]);
});

test("requests that fail on the client's side end a stream both ways too", async () => {
  const arrived = deferred<void>();
  const gone = deferred<void>();
  const { client, unexpected } = await serveHandlers({
    async *appendStream(_deps, requests, { signal }) {
      signal.addEventListener("abort", () => gone.resolve());
      for await (const _ of requests) {
        arrived.resolve();
        yield [new Uint8Array()];
      }
    },
  });

  const answered = (async () => {
    for await (const _ of client.appendStream(failing(arrived.promise)));
  })();

  await expect(answered).rejects.toThrow("torn file");
  await gone.promise;
  expect(unexpected).toEqual([]);
});

test("leaving the loop of a stream both ways ends the call and takes no more requests", async () => {
  const gone = deferred<void>();
  const closed = deferred<void>();
  const { client } = await serveHandlers({
    async *appendStream(_deps, requests) {
      try {
        for await (const _ of requests) yield [new Uint8Array()];
      } finally {
        // By the abort of its signal, or by the end of the requests: a client on Node 24 sends that before its reset.
        gone.resolve();
      }
    },
  });

  for await (const _ of client.appendStream(endless(closed.resolve))) break;

  await gone.promise;
  await closed.promise;
});

function* numbered(count: number, requestIdChars = 0, onTaken = () => {}) {
  for (let i = 0; i < count; i++) {
    onTaken();
    yield { correlationId: BigInt(i), append: { requestId: "x".repeat(requestIdChars) } };
  }
}

function* megabytes(count: number, onTaken: () => void) {
  for (let i = 0; i < count; i++) {
    onTaken();
    yield { sessionId: "x".repeat(1024 * 1024) };
  }
}

function* endless(onClosed: () => void) {
  try {
    for (;;) yield {};
  } finally {
    onClosed();
  }
}

async function* oneAndNoMore(until: AbortSignal) {
  yield {};
  await aborted(until);
}

async function* failing(when: Promise<void>) {
  yield {};
  await when;
  throw new Error("torn file");
}

/** The value once it has stood still for ten looks at the event loop's pace. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  for (let still = 0; still < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    still = read() === last ? still + 1 : 0;
    last = read();
  }
  return last;
}
