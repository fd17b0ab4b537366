import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Child } from "./child.js";
import { temporaryFolder } from "./temporary-folder.js";
import { startTestDaemon } from "./test-daemon.js";

/** The compiled command line, as `npm run build` leaves it; `npm test` builds before it tests. */
export const MAIN = fileURLToPath(new URL("../../dist/bin/seglog.js", import.meta.url));

/** What a command came to. */
export interface CliResult {
  readonly exitCode: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command may be given. */
export interface CliOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with a daemon in it, and the command line that talks to it. */
export interface CommandLine {
  readonly folder: string;
  readonly socket: string;
  /** Runs a command as a process. */
  readonly seglog: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  /** Runs one that must go well, and gives what it printed, without the last line end. */
  readonly print: (args: readonly string[], options?: CliOptions) => Promise<string>;
}

/** One whose daemon runs as a process of its own. */
export interface CliDaemon extends CommandLine {
  readonly child: Child;
}

/** Starts a daemon with `seglog serve`; it ends when the test does. */
export async function serveForCli(flags: readonly string[] = [], folder = temporaryFolder()): Promise<CliDaemon> {
  const socket = join(folder, "run", "seglog.sock");
  const args = [MAIN, "serve", "--data", join(folder, "data"), "--socket", socket, ...flags];
  const child = new Child(process.execPath, args, { env: environment(folder) });
  const ready = await child.line();
  if (ready === undefined) throw new Error(`the daemon ended with ${await child.ended()}: ${child.stderr}`);
  return { folder, socket, child, ...commandLine(folder, socket) };
}

/** serveForCli with the daemon in this process, which starts in a fifth of the time: for tests in which it goes on to the end. */
export async function daemonForCli(): Promise<CommandLine> {
  const { folder, socket } = await startTestDaemon();
  return { folder, socket, ...commandLine(folder, socket) };
}

/** The command line, as somebody calls it who has nothing but a socket. */
function commandLine(folder: string, socket: string): Pick<CommandLine, "seglog" | "print"> {
  const seglog = (args: readonly string[], options: CliOptions = {}) =>
    runCli(args, { ...options, env: { ...environment(folder), SEGLOG_SOCKET: socket, ...options.env } });
  const print = async (args: readonly string[], options: CliOptions = {}) => {
    const { exitCode, stdout, stderr } = await seglog(args, options);
    if (exitCode !== 0) throw new Error(`seglog ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
    return stdout.replace(/\n$/, "");
  };
  return { seglog, print };
}

/** Runs a command as a process, without a terminal. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: "pipe", env: options.env ?? environment("/nonexistent") });
  child.stdin.on("error", () => {}); // a command that fails early does not read its input
  child.stdin.end(options.input ?? "");
  const end = new Promise<number | NodeJS.Signals>((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), end]);
  return { exitCode, stdout, stderr };
}

/** Nothing of the person who runs the tests. */
export function environment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home };
}
