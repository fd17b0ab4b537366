import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A process that the bench started, and ends. */
export interface Measured {
  readonly socket: string;
  /** Seconds of processor time that it has used. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100;

/** Starts the echo on a socket in a folder. */
export async function startEcho(folder: string): Promise<Measured> {
  const socket = join(folder, "echo.sock");
  const child = fork(new URL("../floors/echo-server.js", import.meta.url), [socket]);
  await once(child, "message");
  return measured(child, socket);
}

/** Starts a daemon on a store in a folder. */
export async function startSeglog(folder: string): Promise<Measured> {
  const socket = join(folder, "run", "seglog.sock");
  const main = new URL("../../src/cli/main.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "serve", "--data", join(folder, "data"), "--socket", socket], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SEGLOG_LOG_LEVEL: "warn" },
  });
  for await (const line of createInterface(child.stdout)) {
    if (line.includes(socket)) break;
  }
  child.stdout.resume();
  return measured(child, socket);
}

function measured(child: ChildProcess, socket: string): Measured {
  return {
    socket,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
