import { expect, test } from "vitest";
import { HeldBytes, HeldShare } from "../../src/transport/held-bytes.js";

test("it is full at its limit, not below", () => {
  const held = new HeldBytes(10);
  const [one, other] = [new HeldShare(held), new HeldShare(held)];

  one.set(5);
  other.set(4);
  expect(held.isFull).toBe(false);
  other.set(5);
  expect(held.isFull).toBe(true);
  one.set(0);
  expect(held.isFull).toBe(false);
});

test("who waits hears of room when there is some, and not once it waits no more", () => {
  const held = new HeldBytes(10);
  const share = new HeldShare(held);
  let heard = 0;
  share.set(20);
  const undo = held.onRoom(() => heard++);

  share.set(15);
  expect(heard).toBe(0);
  share.set(5);
  expect(heard).toBe(1);
  undo();
  share.set(0);
  expect(heard).toBe(1);
});
