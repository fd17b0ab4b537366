import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** Starts a program that the kernel ends should the bench end before it (prctl's PDEATHSIG). */
export function spawnBound(command: readonly string[], options: SpawnOptions & { readonly asUser?: string } = {}): ChildProcess {
  const { asUser, ...spawnOptions } = options;
  const user = asUser === undefined ? [] : [`--reuid=${asUser}`, `--regid=${asUser}`, "--clear-groups"];
  return spawn("setpriv", [...user, "--pdeathsig", "KILL", "--", ...command], spawnOptions);
}

/** Waits until a child is ready. Where it does not get there, or ends before, it is ended and this fails. */
export async function readyOrEnded<Ready>(child: ChildProcess, ready: Promise<Ready>): Promise<Ready> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the program ended while it started (${signal ?? code})`);
  });
  try {
    return await Promise.race([ready, ended]);
  } catch (error) {
    await endChild(child, "SIGKILL");
    throw error;
  } finally {
    ended.catch(() => {}); // it ends one day, and that is no failure then
  }
}

/** Ends a child, by its process id, and waits until it is gone. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
