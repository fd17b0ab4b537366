import { readFileSync, writeFileSync } from "node:fs";
import { expect, onTestFinished } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { runCli } from "./cli.js";
import { userInput } from "./entries.js";
import { ONE_TRY } from "./one-try.js";

/** Writes enough for a backup to take a moment. */
export async function fillStore(socket: string): Promise<void> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const { segment } = await client.createSegment({ state: {} });
  const entries = Array.from({ length: 30 }, () => userInput("x".repeat(100_000)));
  for (let n = 0; n < 8; n++) await client.append({ segmentId: segment?.segmentId ?? "", entries });
}

/** Runs a command that must go well and say nothing on standard error, and gives what it printed. */
export async function mustRun(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

/** Flips a bit wherever a text stands in a file: LMDB leaves old copies of a page behind. */
export function flipText(file: string, text: string): void {
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
