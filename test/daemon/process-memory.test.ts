import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { built } from "../support/built.js";

test("memory is known when there is no file descriptor left", () => {
  const module = pathToFileURL(built("daemon/process-memory.ts")).href;
  const script = `
    import { openSync } from "node:fs";
    const { PROCESS_MEMORY } = await import(${JSON.stringify(module)});
    let problem;
    try { for (;;) openSync("/dev/null", "r"); } catch ({ code }) { problem = code; }
    console.log(JSON.stringify([problem, PROCESS_MEMORY.anonymousBytes(), PROCESS_MEMORY.usedBytes()]));`;

  const printed = execFileSync("sh", ["-c", 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script]);

  const [problem, anonymousBytes, usedBytes] = JSON.parse(printed.toString());
  expect(problem).toBe("EMFILE");
  expect(anonymousBytes).toBeGreaterThan(2 ** 20);
  expect(usedBytes).toBeGreaterThan(2 ** 20);
});
