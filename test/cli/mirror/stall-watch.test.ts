import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { unlessStalled } from "../../../src/cli/mirror/stall-watch.js";

test("a stream that says nothing any more is aborted, and counts as one of a daemon that is away", async () => {
  const got: string[] = [];
  const stream = unlessStalled(new AbortController().signal, "the source", (signal) => oneThenSilence(signal), 10);

  const reading = readInto(got, stream);

  await expect(reading).rejects.toMatchObject({ exitCode: 5, message: "the source has said nothing for 0.01 s" });
  expect(got).toEqual(["one"]);
});

test("an interruption ends a stream as that", async () => {
  const interrupted = new AbortController();
  const stream = unlessStalled(interrupted.signal, "the source", (signal) => oneThenSilence(signal), 60_000);

  const reading = readInto([], stream, () => interrupted.abort());

  await expect(reading).rejects.toThrow(/abort/i);
});

async function* oneThenSilence(signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  yield "one";
  await delay(60_000, undefined, { signal });
}

async function readInto(got: string[], stream: AsyncIterable<string>, onPart: () => void = () => {}): Promise<void> {
  for await (const part of stream) {
    got.push(part);
    setImmediate(onPart);
  }
}
