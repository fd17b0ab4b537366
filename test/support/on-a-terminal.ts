import { spawn, spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { MAIN } from "./cli.js";

/** What a command came to that ran on a terminal, where standard output and standard error are one. */
export interface TerminalResult {
  readonly exitCode: number | NodeJS.Signals;
  /** What the terminal got, what was typed among it. */
  readonly screen: string;
}

/** util-linux' `script` makes the terminal; there is another program of that name. */
const HAS_SCRIPT = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;

/** Whether a terminal can be made for a command. Where it cannot, the tests that need one are skipped, and this says so. */
export function canMakeTerminals(): boolean {
  if (HAS_SCRIPT) return true;
  const missing = "util-linux' script is not here: nothing is tested on a terminal";
  if (process.env["CI"] === "true") throw new Error(missing);
  console.warn(missing);
  return false;
}

/** What somebody at a terminal does. */
export interface AtTerminal {
  readonly env: Readonly<Record<string, string>>;
  /** Typed each time that a question is on the screen, which ends in `[y/N] `. */
  readonly answer: string;
}

/** Runs a command of seglog on a terminal. */
export async function onATerminal(args: readonly string[], { env, answer }: AtTerminal): Promise<TerminalResult> {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: "pipe", env: { ...env, SHELL: "/bin/sh", TERM: "xterm" } });
  onTestFinished(() => void child.kill("SIGKILL"));
  const end = new Promise<number | NodeJS.Signals>((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
  let screen = "";
  let answered = 0;
  for await (const text of child.stdout.setEncoding("utf8")) {
    screen += text;
    const question = screen.indexOf("[y/N] ", answered);
    if (question < 0) continue;
    answered = question + 1;
    child.stdin.write(answer); // the input stays open, as that of a terminal does
  }
  return { exitCode: await end, screen };
}
