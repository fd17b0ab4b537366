import { setTimeout as delay } from "node:timers/promises";
import type { DaemonProcess, ProcessEnd } from "../../journeys/daemon/daemon-process.js";

/**
 * The end of a daemon that has to end by itself.
 *
 * @throws Error where it lives on: it is killed, so that nobody waits for it
 */
export async function endWithin(daemon: DaemonProcess, msMax: number): Promise<ProcessEnd> {
  const timer = new AbortController();
  const late = delay(msMax, "late" as const, { signal: timer.signal }).catch(() => "late" as const);
  const end = await Promise.race([daemon.ended, late]);
  timer.abort();
  if (end !== "late") return end;
  await daemon.end("SIGKILL");
  throw new Error(`the daemon lived on for ${msMax} ms, where it had to end:\n${daemon.log}`);
}
