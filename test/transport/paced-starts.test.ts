import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { PacedStarts } from "../../src/transport/paced-starts.js";

const staying = new AbortController().signal;

test("streams begin eight in a turn, in their order", async () => {
  const starts = new PacedStarts();
  const begun: number[] = [];
  const begin = async (i: number) => {
    await starts.wait(staying);
    begun.push(i);
  };

  const all = Promise.all(Array.from({ length: 20 }, (_, i) => begin(i)));
  await Promise.resolve();
  const inThisTurn = begun.length;
  await all;

  expect(inThisTurn).toBe(8);
  expect(begun).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("who comes alone waits for nothing, in each turn", async () => {
  const starts = new PacedStarts();

  for (let turn = 0; turn < 20; turn++) {
    expect(starts.wait(staying)).toBeUndefined();
    await nextTurn();
    await nextTurn();
  }
});

test("who has gone takes nobody's turn", async () => {
  const starts = new PacedStarts();
  for (let i = 0; i < 8; i++) starts.wait(staying);
  for (let i = 0; i < 1000; i++) starts.wait(AbortSignal.abort());
  let turns = 0;
  const counting = (async () => {
    for (; turns < 100; turns++) await nextTurn();
  })();

  await starts.wait(staying);

  expect(turns).toBeLessThan(3);
  await counting;
});
