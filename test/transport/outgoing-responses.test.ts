import { Writable } from "node:stream";
import { setImmediate, setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { sendResponses } from "../../src/transport/outgoing-responses.js";

const signal = new AbortController().signal;

test("an observer that takes one message after the other is not slow, however long all of them take", async () => {
  const taken: number[] = [];
  const call = new Writable({
    objectMode: true,
    highWaterMark: 4,
    async write(response: Uint8Array, _encoding, done) {
      await setTimeout(100);
      taken.push(response.length);
      done();
    },
  });

  await sendResponses(call, messages([1, 2, 3, 4, 5]), { signal, slowObserverMs: 250 });

  expect(taken).toEqual([1, 2, 3, 4]); // four fill it and take 400 ms together; the fifth goes once they are gone
});

test("one large message is not followed by another until it is taken", async () => {
  const pulled: number[] = [];
  let take: (() => void) | undefined;
  const call = new Writable({
    objectMode: true,
    write(_response, _encoding, done) {
      take = done;
    },
  });

  const sent = sendResponses(call, counted(pulled), { signal, slowObserverMs: 60_000 });
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(pulled).toEqual([0]);
  take?.();
  await sent;

  expect(pulled).toEqual([0, 1]);
});

async function* messages(lengths: readonly number[]) {
  for (const length of lengths) yield new Uint8Array(length);
}

async function* counted(pulled: number[]) {
  pulled.push(0);
  yield new Uint8Array(1024 * 1024);
  pulled.push(1);
}
