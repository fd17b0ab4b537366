import { expect, test } from "vitest";
import { built } from "../support/built.js";
import { nodeChild } from "../support/child.js";

test.each([
  ["an exception", `setImmediate(() => { throw new Error("nobody home"); });`],
  ["a rejection", `Promise.reject(new Error("nobody home"));`],
])("%s that reaches nobody is logged and ends the process with 70", async (what, act) => {
  const child = nodeChild(`${guarded()} ${act}`);

  expect(await child.ended()).toBe(70);
  expect(child.stderr).toMatch(new RegExp(`ERROR ${what} reached nobody\n {2}Error: nobody home\n {4}at `));
});

test("a log that fails does not keep the process alive", async () => {
  const child = nodeChild(`${guarded("() => { throw new Error('log'); }")} throw new Error("nobody home");`);

  expect(await child.ended()).toBe(70);
});

function guarded(write = "(line) => process.stderr.write(line)"): string {
  return `
    import { createLogger } from ${JSON.stringify(built("daemon/log.ts"))};
    import { failStopOnUnforeseen } from ${JSON.stringify(built("daemon/unforeseen-errors.ts"))};
    failStopOnUnforeseen(createLogger({ format: "text", level: "info", write: ${write} }));
    setInterval(() => {}, 1000);`;
}
