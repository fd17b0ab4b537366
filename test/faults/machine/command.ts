import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { MAIN } from "../compiled.js";

/** What a command came to. */
export interface CommandEnd {
  /** Exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line as a process. */
export async function runSeglog(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandEnd> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], ...env } });
  const end = new Promise<number | NodeJS.Signals>((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { end: await end, stdout, stderr };
}

/**
 * Runs one that must go well, and gives what it printed.
 *
 * @throws Error
 */
export async function mustRun(...args: readonly string[]): Promise<string> {
  const { end, stdout, stderr } = await runSeglog(args);
  if (end !== 0) throw new Error(`seglog ${args.join(" ")} ended with ${end}: ${stderr}`);
  return stdout;
}
