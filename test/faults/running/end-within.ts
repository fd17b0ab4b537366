import { setTimeout as delay } from "node:timers/promises";
import type { DaemonProcess, ProcessEnd } from "../../journeys/daemon/daemon-process.js";

/**
 * The end of a daemon that has to end by itself.
 *
 * @throws Error where it lives on: it is killed, so that nobody waits for it
 */
export async function endWithin(daemon: DaemonProcess, msMax: number): Promise<ProcessEnd> {
  const end = await endOrLate(daemon, msMax);
  if (end !== "late") return end;
  await daemon.end("SIGKILL");
  throw new Error(`the daemon lived on for ${msMax} ms, where it had to end:\n${daemon.log}`);
}

/** The end of a daemon that may end by itself; `late` where it has not by then, and lives on. */
export async function endOrLate(daemon: DaemonProcess, msMax: number): Promise<ProcessEnd | "late"> {
  const timer = new AbortController();
  const late = delay(msMax, "late" as const, { signal: timer.signal }).catch(() => "late" as const);
  const end = await Promise.race([daemon.ended, late]);
  timer.abort();
  return end;
}
