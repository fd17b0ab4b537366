import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { environment, MAIN } from "../support/cli.js";

test.each([[["--help"]], [["ls", "--help"]]])("%j whose reader has gone ends silently with 141", async (args) => {
  const child = new Child(process.execPath, [MAIN, ...args], { env: environment("/nonexistent") });

  child.process.stdout?.destroy();

  expect(await child.ended()).toBe(141);
  expect(child.stderr).toBe("");
});

test.runIf(existsSync("/dev/full"))("output that cannot be written is told in one sentence", async () => {
  const child = new Child("sh", ["-c", `'${process.execPath}' '${MAIN}' --help > /dev/full`], { env: environment("/nonexistent") });

  expect(await child.ended()).toBe(1);
  expect(child.stderr).toBe("seglog: cannot write the output: ENOSPC\n");
});
