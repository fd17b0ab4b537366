import { setTimeout as delay } from "node:timers/promises";
import type { RestartingDaemon } from "../daemon/restarting-daemon.js";
import type { Random } from "./random.js";

/** A kill comes within so many milliseconds of the acknowledgement that calls for it: anywhere in a commit. */
const KILL_DELAY_MS = 30;

/** Kills a daemon a number of times while units are acknowledged, spread over the whole race at random. */
export class KillPlan {
  readonly #daemon: RestartingDaemon;
  readonly #random: Random;
  /** How many acknowledged units call for the next kills. */
  readonly #due: number[];
  #kills: Promise<void> = Promise.resolve();
  #killCount = 0;

  constructor(daemon: RestartingDaemon, random: Random, { kills, units }: { readonly kills: number; readonly units: number }) {
    this.#daemon = daemon;
    this.#random = random;
    this.#due = Array.from({ length: kills }, (_, i) => Math.floor(((i + random()) / kills) * units));
  }

  /** How often it has killed the daemon. */
  get killCount(): number {
    return this.#killCount;
  }

  /** Is to be told how many units have been acknowledged. */
  readonly heed = (acknowledged: number): void => {
    while (this.#due[0] !== undefined && this.#due[0] < acknowledged) {
      this.#due.shift();
      this.#kills = this.#kills.then(() => this.#kill());
      this.#kills.catch(() => undefined); // `settled` throws it
    }
  };

  /** Resolves once the last kill is over, and the daemon serves again. */
  readonly settled = (): Promise<void> => this.#kills;

  async #kill(): Promise<void> {
    await delay(this.#random() * KILL_DELAY_MS);
    await this.#daemon.kill();
    this.#killCount++;
  }
}
