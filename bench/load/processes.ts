import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { anonymousBytesOf } from "./anonymous-bytes.js";
import { endChild, spawnBound } from "./bound-child.js";
import { cpuSecondsOf } from "./cpu-seconds.js";

/** A process that the bench started, and ends. */
export interface Measured {
  readonly socket: string;
  /** Seconds of processor time that it has used. */
  cpuSeconds(): number;
  /** Bytes of memory that it has for itself now: RssAnon. */
  anonymousBytes(): number;
  stop(): Promise<void>;
}

/** Starts the echo on a socket in a folder. */
export async function startEcho(folder: string): Promise<Measured> {
  const socket = join(folder, "echo.sock");
  const child = fork(new URL("../floors/echo-server.js", import.meta.url), [socket]);
  await once(child, "message");
  return measured(child, socket);
}

/** Starts a daemon on a store in a folder. */
export async function startSeglog(folder: string, flags: readonly string[] = []): Promise<Measured> {
  const socket = join(folder, "run", "seglog.sock");
  const main = new URL("../../bin/seglog.js", import.meta.url).pathname;
  const command = [main, "serve", "--data", join(folder, "data"), "--socket", socket, ...flags];
  const child = spawnBound([process.execPath, ...profileFlags(), ...command], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SEGLOG_LOG_LEVEL: "warn" },
  });
  if (child.stdout === null) throw new Error("the daemon was started without a pipe");
  for await (const line of createInterface(child.stdout)) {
    if (line.includes(socket)) break;
  }
  child.stdout.resume();
  return measured(child, socket);
}

/** Set by `--cpu-prof`: where the daemons that are measured leave their profiles. */
export const PROFILE_FOLDER_VARIABLE = "SEGLOG_BENCH_CPU_PROF";

function profileFlags(): readonly string[] {
  const folder = process.env[PROFILE_FOLDER_VARIABLE];
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

function measured(child: ChildProcess, socket: string): Measured {
  return {
    socket,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    anonymousBytes: () => anonymousBytesOf(child.pid),
    stop: () => endChild(child, "SIGTERM"),
  };
}
