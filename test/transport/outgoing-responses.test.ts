import { Writable } from "node:stream";
import { setImmediate, setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { ConnectionUse } from "../../src/transport/connection-use.js";
import { HeldShare } from "../../src/transport/held-bytes.js";
import { OUTGOING_BYTES, sendResponses } from "../../src/transport/outgoing-responses.js";

const KIB = 1024;
const signal = new AbortController().signal;

test("an observer that takes one piece after the other is not slow, however long all of them take", async () => {
  const taken: number[] = [];
  const stream = new Writable({
    async write(bytes: Uint8Array, _encoding, done) {
      await setTimeout(100);
      taken.push(bytes.length);
      done();
    },
  });

  await sendResponses(stream, messages([60 * KIB, 200 * KIB]), { ...aCaller(), signal, slowObserverMs: 250 });

  expect(taken).toEqual([5, 60 * KIB, 5, 200 * KIB]); // heads and messages; there is no room before the last, after 400 ms
});

test("one large message is not followed by another until it is taken", async () => {
  const pulled: number[] = [];
  const { stream, take } = heldStream();

  const sent = sendResponses(stream, counted(pulled), { ...aCaller(), signal, slowObserverMs: 60_000 });
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(pulled).toEqual([0]);
  take();
  await sent;

  expect(pulled).toEqual([0, 1]);
});

test("small messages are pulled until enough of them wait, whatever a write buffer thinks of it", async () => {
  let pulled = 0;
  const leaving = new AbortController();
  const { stream } = heldStream();

  const sent = sendResponses(
    stream,
    endless(1000, () => pulled++),
    { ...aCaller(), signal: leaving.signal, slowObserverMs: 60_000 },
  );
  for (let turn = 0; turn < 200; turn++) await setImmediate();
  leaving.abort();
  await sent;

  expect(pulled).toBe(Math.ceil(OUTGOING_BYTES / 1005));
});

test("a group of messages is one write, and an empty group is none", async () => {
  const written: Buffer[] = [];
  const stream = new Writable({
    write(bytes: Buffer, _encoding, done) {
      written.push(bytes);
      done();
    },
  });

  await sendResponses(stream, groups([[], [new Uint8Array([7]), new Uint8Array(), new Uint8Array([8, 9])]]), {
    ...aCaller(),
    signal,
    slowObserverMs: 250,
  });

  expect(written).toEqual([Buffer.from([0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8, 9])]);
});

/** Who is sent to, on a connection of its own. */
function aCaller() {
  const connection = new ConnectionUse(DEFAULT_LIMITS, 0);
  return { call: { connection, standsSinceMs: undefined }, share: new HeldShare(connection.unread) };
}

/** A stream that takes nothing until it is told to, and then all. */
function heldStream(): { readonly stream: Writable; take(): void } {
  let isHeld = true;
  let held = () => {};
  const stream = new Writable({
    write(_bytes, _encoding, done) {
      if (isHeld) held = done;
      else done();
    },
  });
  const take = () => {
    isHeld = false;
    held();
  };
  return { stream, take };
}

async function* messages(lengths: readonly number[]) {
  for (const length of lengths) yield new Uint8Array(length);
}

async function* groups(all: readonly (readonly Uint8Array[])[]) {
  yield* all;
}

async function* endless(length: number, onPulled: () => void) {
  for (;;) {
    onPulled();
    yield new Uint8Array(length);
  }
}

async function* counted(pulled: number[]) {
  pulled.push(0);
  yield new Uint8Array(1024 * KIB);
  pulled.push(1);
}
