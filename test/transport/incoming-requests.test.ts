import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { ConnectionUse } from "../../src/transport/connection-use.js";
import { incomingRequests, READ_AHEAD_BYTES } from "../../src/transport/incoming-requests.js";
import { frameMessage } from "../../src/transport/message-frame.js";
import type { Status } from "../../src/transport/status.js";

const KIB = 1024;
const REQUEST_BYTES_MAX = 1024 * KIB;
const CHUNK_BYTES = 16 * KIB;

test("requests that come in one turn are taken together", async () => {
  const { call, stream } = aCall();
  const requests = incomingRequests(call, REQUEST_BYTES_MAX);

  const first = requests.next();
  await setImmediate();
  for (const number of [1, 2, 3]) stream.push(frameMessage(new Uint8Array([number])));

  expect(await first).toEqual({ done: false, value: [new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])] });
  await requests.return();
});

test("small requests are read ahead up to a bound while nobody takes them", async () => {
  const { call, fetchedCount } = countedRequests(1000, KIB);
  const requests = incomingRequests(call, REQUEST_BYTES_MAX);

  const { value } = await requests.next();
  for (let turn = 0; turn < 1000; turn++) await setImmediate();

  const takenCount = (value as readonly Uint8Array[]).length; // the stream goes on
  expect((fetchedCount() - takenCount) * KIB).toBeGreaterThan(READ_AHEAD_BYTES / 2);
  expect((fetchedCount() - takenCount) * KIB).toBeLessThan(READ_AHEAD_BYTES + 2 * CHUNK_BYTES);
  await requests.return();
});

test("of large requests at most two are held: the one that was taken and the next", async () => {
  const { call, fetchedCount } = countedRequests(20, 256 * KIB);
  const fetchedAtEach: number[] = [];

  for await (const group of incomingRequests(call, REQUEST_BYTES_MAX)) {
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect(group).toHaveLength(1);
    fetchedAtEach.push(fetchedCount() - (group[0]?.[0] ?? Number.NaN));
  }

  expect(fetchedAtEach).toHaveLength(20);
  expect(Math.max(...fetchedAtEach)).toBeLessThanOrEqual(2 + 1); // of the one behind, the beginning is in the network's buffer
});

test("waiting for a request ends with the signal", async () => {
  const { call, leaving } = aCall();

  const next = incomingRequests(call, REQUEST_BYTES_MAX).next();
  await setImmediate();
  leaving.abort();

  await expect(next).rejects.toMatchObject({ name: "AbortError" });
});

test("a stream that ends in the midst of a request ends its call, behind the requests before it", async () => {
  const { call, stream, cuts } = aCall();
  const requests = incomingRequests(call, REQUEST_BYTES_MAX);

  stream.push(frameMessage(new Uint8Array([1])));
  const first = await requests.next();
  stream.push(frameMessage(new Uint8Array([2])).subarray(0, 4));
  stream.push(null);

  expect(first.value).toEqual([new Uint8Array([1])]);
  await expect(requests.next()).rejects.toMatchObject({ name: "AbortError" });
  expect(cuts).toMatchObject([{ code: Code.INTERNAL }]);
});

test("who leaves before the end leaves no listeners, and nothing flows", async () => {
  const { call, stream } = aCall();
  const requests = incomingRequests(call, REQUEST_BYTES_MAX);

  stream.push(frameMessage(new Uint8Array([1])));
  await requests.next();
  await requests.return();

  expect([stream.listenerCount("data"), stream.listenerCount("end"), stream.isPaused()]).toEqual([0, 0, true]);
});

/** A call on a stream that a test feeds. */
function aCall(stream = new Readable({ read() {} })) {
  const leaving = new AbortController();
  const cuts: Status[] = [];
  const call = {
    stream,
    signal: leaving.signal,
    get isOver() {
      return leaving.signal.aborted;
    },
    requestEncoding: undefined,
    connection: new ConnectionUse(DEFAULT_LIMITS, 0),
    awaitedSinceMs: undefined,
    cutOff: (status: Status) => {
      cuts.push(status);
      leaving.abort();
    },
  };
  return { call, stream, leaving, cuts };
}

/** A stream of requests that begin with their own number, each in chunks as HTTP/2 brings them. */
function countedRequests(count: number, bytes: number) {
  let fetched = 0;
  let rest: Buffer = Buffer.alloc(0);
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      void setImmediate().then(() => {
        if (rest.length === 0 && fetched === count) {
          this.push(null);
          return;
        }
        if (rest.length === 0) rest = frameMessage(new Uint8Array(bytes).fill(fetched++, 0, 1));
        const chunk = rest.subarray(0, CHUNK_BYTES);
        rest = rest.subarray(CHUNK_BYTES);
        this.push(chunk);
      });
    },
  });
  return { ...aCall(stream), fetchedCount: () => fetched };
}
