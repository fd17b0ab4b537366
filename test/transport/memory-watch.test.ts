import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { LOOK_MS, MemoryWatch } from "../../src/transport/memory-watch.js";

test.each([
  ["at the limit", { anonymous: 1000, used: 900 }, false],
  ["above it", { anonymous: 1001, used: 900 }, true],
  ["above it, and kept by the allocator for later", { anonymous: 1001, used: 500 }, false],
])("with memory %s, %o, it is short: %s", (_what, { anonymous, used }, isShort) => {
  const watch = new MemoryWatch(1000, { anonymousBytes: () => anonymous, usedBytes: () => used });

  expect(watch.look()).toBe(isShort);
  if (isShort)
    expect(() => watch.check()).toThrow(expect.objectContaining({ reason: "OVERLOADED", metadata: { memory_bytes_max: "1000" } }));
  else watch.check();
});

test("once memory is given back, calls are let in again", async () => {
  let anonymous = 2000;
  const watch = new MemoryWatch(1000, { anonymousBytes: () => anonymous, usedBytes: () => anonymous });
  watch.look();

  anonymous = 900;
  await delay(LOOK_MS + 20);

  expect(watch.look()).toBe(false);
  watch.check();
});
