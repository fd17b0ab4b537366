import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { incomingRequests } from "../../src/transport/incoming-requests.js";

test("at most one request is fetched ahead of the one that was taken", async () => {
  const { call, fetchedCount } = countedRequests(100);
  const fetchedAtEach: number[] = [];

  for await (const request of incomingRequests(call, new AbortController().signal)) {
    await setImmediate();
    fetchedAtEach.push(fetchedCount() - (request[0] ?? Number.NaN));
  }

  expect(fetchedAtEach).toHaveLength(100);
  expect(Math.max(...fetchedAtEach)).toBeLessThanOrEqual(2); // itself and the next
});

test("nothing is fetched ahead while no request is wanted", async () => {
  const { call, fetchedCount } = countedRequests(100);
  const requests = incomingRequests(call, new AbortController().signal);

  await requests.next();
  for (let turn = 0; turn < 10; turn++) await setImmediate();

  expect(fetchedCount()).toBeLessThanOrEqual(2);
  await requests.return();
});

test("waiting for a request ends with the signal", async () => {
  const leaving = new AbortController();
  const silent = new Readable({ objectMode: true, read() {} });

  const next = incomingRequests(silent, leaving.signal).next();
  leaving.abort();

  await expect(next).rejects.toMatchObject({ name: "AbortError" });
});

/** A stream of requests that hold their own number. */
function countedRequests(count: number) {
  let fetched = 0;
  const call = new Readable({
    objectMode: true,
    read() {
      queueMicrotask(() => this.push(fetched === count ? null : new Uint8Array([fetched++])));
    },
  });
  return { call, fetchedCount: () => fetched };
}
