import { join } from "node:path";
import { expect, test } from "vitest";
import { built } from "../support/built.js";
import { Child, nodeChild } from "../support/child.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("a process ends with the exit code, whatever it still has to do", async () => {
  const child = nodeChild(`${ending()} setInterval(() => {}, 1000); endProcess(70);`);

  expect(await child.ended()).toBe(70);
});

test("a process ends even where a thread hangs in a read", async () => {
  const pipe = join(temporaryFolder(), "pipe");
  await new Child("mkfifo", [pipe]).ended();

  const child = nodeChild(`${ending()}
    import { open } from "node:fs";
    open(${JSON.stringify(pipe)}, "r", () => {}); // waits for a writer that never comes
    open("/dev/null", "r", () => endProcess(70)); // by now the other thread is at it`);

  expect(await child.ended()).toBe("SIGKILL");
});

function ending(): string {
  return `import { endProcess } from ${JSON.stringify(built("daemon/end-process.ts"))};`;
}
