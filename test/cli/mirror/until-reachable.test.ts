import { expect, test } from "vitest";
import { CommandError } from "../../../src/cli/command-error.js";
import { EXIT } from "../../../src/cli/exit-code.js";
import { untilReachable } from "../../../src/cli/mirror/until-reachable.js";

const AWAY = new CommandError(EXIT.unavailable, "away");
const WRONG = new CommandError(EXIT.usage, "wrong");
const PATIENCE = { signal: new AbortController().signal, giveUpMs: Number.POSITIVE_INFINITY };

test("what fails because a daemon is away is begun anew until it is done", async () => {
  let tries = 0;

  const result = await untilReachable(PATIENCE, async () => {
    tries++;
    if (tries < 3) throw AWAY;
    return "done";
  });

  expect([result, tries]).toEqual(["done", 3]);
});

test("what fails otherwise fails at once", async () => {
  const failed = untilReachable(PATIENCE, () => Promise.reject(WRONG));

  await expect(failed).rejects.toBe(WRONG);
});

test("who has waited long enough gives up, unless something has come further meanwhile", async () => {
  let tries = 0;

  const failed = untilReachable({ ...PATIENCE, giveUpMs: 150 }, async (cameFurther) => {
    tries++;
    if (tries === 3) cameFurther();
    throw AWAY;
  });

  await expect(failed).rejects.toBe(AWAY);
  expect(tries).toBe(5);
});

test("an interruption ends the wait", async () => {
  const interrupted = new AbortController();

  const waiting = untilReachable({ ...PATIENCE, signal: interrupted.signal }, () => {
    setImmediate(() => interrupted.abort());
    return Promise.reject(AWAY);
  });

  await expect(waiting).rejects.toThrow(/abort/i);
});
