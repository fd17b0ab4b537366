import { setTimeout as delay } from "node:timers/promises";
import { type DaemonCommand, DaemonProcess } from "../../../journeys/daemon/daemon-process.js";
import type { Random } from "../../../journeys/load/random.js";
import { mountDisk, unmount } from "../../machine/mounted-disk.js";
import { run } from "../../machine/run.js";

/** A disk whose power can be cut. */
export interface CuttableDisk {
  /** The disk in a file. */
  readonly path: string;
  readonly mountPoint: string;
  /** The program that cuts its power. */
  readonly cutPower: string;
}

/** A daemon whose disk has died is left to itself for so long at most, in milliseconds. */
const DEAD_DISK_MS_MAX = 300;

/** A daemon that is killed, or loses its power, and is started again on what is left. */
export class FaultyDaemon {
  readonly #command: DaemonCommand;
  readonly #disk: CuttableDisk | undefined;
  readonly #random: Random;
  #process: DaemonProcess;
  #serving: Promise<void> = Promise.resolve();
  #isEnded = false;
  #killCount = 0;
  #cutCount = 0;

  private constructor(command: DaemonCommand, disk: CuttableDisk | undefined, random: Random, process: DaemonProcess) {
    this.#command = command;
    this.#disk = disk;
    this.#random = random;
    this.#process = process;
  }

  /** Starts one; on a disk, where its power is to be cut. */
  static async start(command: DaemonCommand, disk: CuttableDisk | undefined, random: Random): Promise<FaultyDaemon> {
    if (disk !== undefined) await mountDisk(disk.path, disk.mountPoint);
    return new FaultyDaemon(command, disk, random, await DaemonProcess.start(command));
  }

  get killCount(): number {
    return this.#killCount;
  }

  get cutCount(): number {
    return this.#cutCount;
  }

  /** Resolves once the daemon of now serves. */
  serving(): Promise<void> {
    return this.#serving;
  }

  /** Kills it, or cuts its power where it is on a disk of its own, and resolves once another one serves. */
  fail(): Promise<void> {
    const isCut = this.#disk !== undefined && this.#random() < 0.7;
    this.#serving = this.#serving.then(() => (isCut && this.#disk ? this.#cut(this.#disk) : this.#kill()));
    return this.#serving;
  }

  /**
   * Stops it in good order. Does nothing where it was ended.
   *
   * @throws Error where it does not end well
   */
  async stop(): Promise<void> {
    if (this.#isEnded) return;
    await this.#serving;
    this.#isEnded = true;
    const end = await this.#process.end("SIGTERM");
    await this.#leaveDisk();
    if (end !== 0) throw new Error(`the daemon ended with ${end} on SIGTERM:\n${this.#process.log}`);
  }

  /** Ends it in whichever state it is. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#serving.catch(() => undefined); // whoever called `fail` has it
    await this.#process.end("SIGKILL");
    await this.#leaveDisk();
  }

  async #leaveDisk(): Promise<void> {
    if (this.#disk !== undefined) await unmount(this.#disk.mountPoint);
  }

  async #kill(): Promise<void> {
    await this.#process.end("SIGKILL");
    this.#killCount++;
    await this.#startAgain();
  }

  /** Every other time the disk dies first, and the daemon lives to see it. */
  async #cut({ path, mountPoint, cutPower }: CuttableDisk): Promise<void> {
    const diskFirst = this.#random() < 0.5;
    if (!diskFirst) await this.#process.end("SIGKILL");
    await run(cutPower, mountPoint);
    if (diskFirst) await Promise.race([this.#process.ended, delay(this.#random() * DEAD_DISK_MS_MAX)]);
    await this.#process.end("SIGKILL");
    await unmount(mountPoint);
    await mountDisk(path, mountPoint);
    this.#cutCount++;
    await this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    this.#process = new DaemonProcess(this.#command);
    await this.#process.serving();
  }
}
