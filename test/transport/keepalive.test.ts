import { expect, test } from "vitest";
import { Keepalive } from "../../src/transport/keepalive.js";

const LIMITS = { keepaliveMs: 1000, keepaliveTimeoutMs: 500 };
const WAITING = { openCalls: 1, callCount: 1 };

test("a client that waits for its calls is asked when it is time, and lost where it answers nothing in time", () => {
  const { keepalive, asked } = aKeepalive();

  expect(keepalive.isLost(WAITING, 0)).toBe(false);
  expect(keepalive.isLost(WAITING, 999)).toBe(false);
  expect(asked).toHaveLength(0);
  expect(keepalive.isLost(WAITING, 1000)).toBe(false);
  expect(asked).toHaveLength(1);
  expect(keepalive.isLost(WAITING, 1500)).toBe(false);
  expect(keepalive.isLost(WAITING, 1501)).toBe(true);
});

test("one that answers is not lost", () => {
  const { keepalive, asked } = aKeepalive();
  keepalive.isLost(WAITING, 0);
  keepalive.isLost(WAITING, 1000);

  asked[0]?.();

  expect(keepalive.isLost(WAITING, 1501)).toBe(false);
});

test.each([
  ["without calls", (second: number) => ({ openCalls: 0, callCount: second })],
  ["that makes new ones", (second: number) => ({ openCalls: 1, callCount: second })],
])("a client %s is not asked", (_what, useAt) => {
  const { keepalive, asked } = aKeepalive();

  const lost = Array.from({ length: 100 }, (_, second) => keepalive.isLost(useAt(second), second * 1000));

  expect(lost).not.toContain(true);
  expect(asked).toHaveLength(0);
});

test("one whose calls have ended owes no answer any more: it may not look at its connection", () => {
  const { keepalive } = aKeepalive();
  keepalive.isLost(WAITING, 0);
  keepalive.isLost(WAITING, 1000);

  keepalive.isLost({ openCalls: 0, callCount: 1 }, 1400);

  expect(keepalive.isLost({ openCalls: 0, callCount: 1 }, 5000)).toBe(false);
});

function aKeepalive() {
  const asked: (() => void)[] = [];
  return { keepalive: new Keepalive(LIMITS, (onAnswer) => asked.push(onAnswer), 0), asked };
}
