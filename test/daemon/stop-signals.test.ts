import { expect, test } from "vitest";
import { built } from "../support/built.js";
import { type Child, nodeChild } from "../support/child.js";

test.each(["SIGTERM", "SIGINT"] as const)("the first %s stops once, and the process ends well", async (signal) => {
  const daemon = await started(`async (signal) => console.log("stopping for", signal)`);

  daemon.process.kill(signal);

  expect(await daemon.line()).toBe(`stopping for ${signal}`);
  expect(await daemon.line()).toBeUndefined();
  expect(await daemon.ended()).toBe(0);
  expect(daemon.stderr).toContain(`INFO  a signal asks to stop signal=${signal}\n`);
});

test.each([
  ["SIGTERM", "SIGTERM"],
  ["SIGINT", "SIGINT"],
  ["SIGTERM", "SIGINT"],
] as const)("%s and then %s ends at once, as a shell expects of that signal", async (first, second) => {
  const daemon = await started(`(signal) => { console.log("stopping"); return new Promise(() => {}); }`);
  daemon.process.kill(first);
  await daemon.line();

  daemon.process.kill(second);

  expect(await daemon.ended()).toBe(second);
});

test("a stop that fails ends with 70, and the log says why", async () => {
  const daemon = await started(`async () => { throw new Error("the disk is gone"); }`);

  daemon.process.kill("SIGTERM");

  expect(await daemon.ended()).toBe(70);
  expect(daemon.stderr).toContain("the stop failed\n  Error: the disk is gone");
});

test("a stop that takes longer than five seconds ends with 70", { timeout: 20_000 }, async () => {
  const daemon = await started(`() => new Promise(() => {})`);

  daemon.process.kill("SIGTERM");

  expect(await daemon.ended()).toBe(70);
  expect(daemon.stderr).toContain("the stop took too long limit_ms=5000");
});

test("after its undoing, a signal ends the process as if nothing had been done", async () => {
  const daemon = await started(`async () => console.log("stopping")`, "undo();");

  daemon.process.kill("SIGTERM");

  expect(await daemon.ended()).toBe("SIGTERM");
});

async function started(stop: string, then = ""): Promise<Child> {
  const child = nodeChild(`
    import { createStreamLogger } from ${JSON.stringify(built("daemon/log.ts"))};
    import { stopOnSignals } from ${JSON.stringify(built("daemon/stop-signals.ts"))};
    const log = createStreamLogger({ format: "text", level: "info", stream: process.stderr });
    const undo = stopOnSignals({ log, stop: ${stop} });
    ${then}
    console.log("started");
    setInterval(() => {}, 1000);`);
  expect(await child.line()).toBe("started");
  return child;
}
