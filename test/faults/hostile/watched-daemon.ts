import { readdirSync } from "node:fs";
import { anonymousBytesOf } from "../../../bench/load/anonymous-bytes.js";
import type { DaemonProcess } from "../../journeys/daemon/daemon-process.js";

/** What a daemon holds, looked at from outside. */
export class WatchedDaemon {
  readonly #daemon: DaemonProcess;
  readonly #watching: NodeJS.Timeout;
  #peakBytes = 0;

  constructor(daemon: DaemonProcess) {
    this.#daemon = daemon;
    this.#watching = setInterval(() => this.#look(), 50);
  }

  /** Most memory since the last time that this was asked, in bytes. */
  takePeakBytes(): number {
    this.#look();
    const peakBytes = this.#peakBytes;
    this.#peakBytes = 0;
    return peakBytes;
  }

  /** Open file descriptors. */
  get fdCount(): number {
    return readdirSync(`/proc/${this.#daemon.pid}/fd`).length;
  }

  /** Lines of its log that tell of an error. */
  get errorLines(): readonly string[] {
    return this.#daemon.log.split("\n").filter((line) => line.includes('"level":"error"') || /uncaught|unhandled/i.test(line));
  }

  stop(): void {
    clearInterval(this.#watching);
  }

  #look(): void {
    try {
      this.#peakBytes = Math.max(this.#peakBytes, anonymousBytesOf(this.#daemon.pid));
    } catch {
      // it has ended, which is found out otherwise
    }
  }
}
