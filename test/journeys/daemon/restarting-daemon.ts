import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../load/random.js";
import { type DaemonCommand, DaemonProcess } from "./daemon-process.js";

/** Of the kills, this part is followed by one while the daemon comes up again. */
const START_KILL_PART = 0.25;

/** A start takes about so long, in milliseconds; a kill during it falls somewhere within. */
const START_MS = 400;

/** A daemon that is killed and started again on the same store and socket. */
export class RestartingDaemon {
  readonly #command: DaemonCommand;
  readonly #random: Random;
  #process: DaemonProcess;
  #serving: Promise<void> = Promise.resolve();
  #startKillCount = 0;
  #isStopping = false;

  private constructor(command: DaemonCommand, random: Random, process: DaemonProcess) {
    this.#command = command;
    this.#random = random;
    this.#process = process;
  }

  /** Starts it, and resolves once it serves. */
  static async start(command: DaemonCommand, random: Random): Promise<RestartingDaemon> {
    return new RestartingDaemon(command, random, await DaemonProcess.start(command));
  }

  /** How often it was killed while it came up. */
  get startKillCount(): number {
    return this.#startKillCount;
  }

  /** Resolves once the daemon of now serves: at once, unless it is being killed. */
  serving(): Promise<void> {
    return this.#serving;
  }

  /** Kills it with SIGKILL, and resolves once another one serves in its place. Does nothing once it is being stopped. */
  kill(): Promise<void> {
    if (!this.#isStopping) this.#serving = this.#restart();
    return this.#serving;
  }

  /**
   * Stops it in good order.
   *
   * @throws Error where it does not end well
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#serving;
    const end = await this.#process.end("SIGTERM");
    if (end !== 0) throw new Error(`the daemon ended with ${end} on SIGTERM:\n${this.#process.log}`);
  }

  async #restart(): Promise<void> {
    await this.#process.end("SIGKILL");
    if (this.#random() < START_KILL_PART) {
      const early = new DaemonProcess(this.#command);
      await delay(this.#random() * START_MS);
      await early.end("SIGKILL");
      this.#startKillCount++;
    }
    this.#process = await DaemonProcess.start(this.#command);
  }
}
