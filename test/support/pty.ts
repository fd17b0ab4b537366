import { spawn, spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { type CliResult, environment, MAIN } from "./cli.js";

/** Whether there is util-linux' `script`, which makes terminals. Where not, tests on one are skipped and counted; in CI they must run. */
export const hasTerminals = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

if (!hasTerminals && process.env["CI"] === "true") throw new Error("in CI there is util-linux' script: some tests run on a terminal");

/** What a command on a terminal may be given. */
export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in by a pipe; nothing, where it is undefined. */
  readonly input?: string;
  /** What somebody types each time that a question is on the screen, which ends in `[y/N] `; nothing comes by a pipe then. */
  readonly answer?: string;
  readonly columns?: number;
}

/** What a command shows on a terminal, standard error among it, and how it ends. */
export async function onTerminal(
  args: readonly string[],
  { env = {}, input = "", answer, columns = 80 }: TerminalOptions = {},
): Promise<Omit<CliResult, "stderr">> {
  const words = [process.execPath, MAIN, ...args].map(quoted).join(" ");
  const piped = answer === undefined ? `printf %s ${quoted(input)} | ` : "";
  const command = `stty cols ${columns} rows 50; ${piped}${words}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...environment("/nonexistent"), SHELL: "/bin/sh", TERM: "xterm", ...env },
  });
  const end = new Promise<number | NodeJS.Signals>((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
  onTestFinished(() => void child.kill("SIGKILL"));
  if (answer === undefined) child.stdin.end();
  let screen = "";
  let answered = 0;
  for await (const text of child.stdout.setEncoding("utf8")) {
    screen += text;
    const question = screen.indexOf("[y/N] ", answered);
    if (answer === undefined || question < 0) continue;
    answered = question + 1;
    child.stdin.write(answer); // the input stays open, as that of a terminal does
  }
  return { exitCode: await end, stdout: screen.replaceAll("\r\n", "\n") };
}

/** A text without the colours in which the command line draws. */
export function uncolored(shown: string): string {
  return shown.replace(/\u001b\[\d{1,2}m/g, "");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
