import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DaemonCommand, DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { MAIN } from "../compiled.js";
import { CrashImages, type CrashLosses } from "../machine/crash-images.js";
import { mountDisk, unmount } from "../machine/mounted-disk.js";
import { type DiskRecord, readWriteLog } from "../machine/read-write-log.js";
import { startRecordingDisk } from "../machine/recording-disk.js";
import { checkNothingElse, findState, LossError } from "./find-state.js";
import { readStore } from "./read-store.js";
import { answeredCount, shownCount, Trial } from "./trial.js";

/** How a daemon is recorded. */
export interface RecordingParams {
  /** Is made, and holds all of it. */
  readonly folder: string;
  /** The compiled `native/recording-disk.c`. */
  readonly program: string;
  readonly seed: number;
  readonly writers: number;
  /** Of each writer. */
  readonly operations: number;
  /** Flags of the daemon's Node. */
  readonly nodeFlags: readonly string[];
}

/** What one image was found to hold. */
export interface ImageFinding extends CrashLosses {
  /** Entries in the store, each compared byte for byte. */
  readonly entries: number;
}

/** All that a disk was told while writers, and a tail, were at a daemon; and when each of them was told what. */
export class Recording {
  readonly trial: Trial;
  /** Up to the moment at which the daemon was killed. */
  readonly records: readonly DiskRecord[];
  readonly #folder: string;
  readonly #images: CrashImages;

  private constructor(params: { folder: string; base: string; log: string; trial: Trial; records: readonly DiskRecord[]; random: Random }) {
    this.trial = params.trial;
    this.records = params.records;
    this.#folder = params.folder;
    this.#images = new CrashImages({ ...params, disk: params.base });
  }

  /** Has a daemon work on a recording disk. Times are bytes of the disk's log. */
  static async make({ folder, program, seed, writers, operations, nodeFlags }: RecordingParams): Promise<Recording> {
    mkdirSync(folder);
    const disk = await startRecordingDisk(folder, program);
    const trial = new Trial({ seed, writers, clock: disk.logBytes });
    const command: DaemonCommand = { main: MAIN, folder, data: join(disk.mountPoint, "data"), nodeFlags };
    const daemon = await DaemonProcess.start(command);
    await trial.work(socketOf(command), operations);
    const crashBytes = disk.logBytes();
    await daemon.end("SIGKILL");
    await disk.close();
    const records = readWriteLog(disk.log, crashBytes);
    return new Recording({ folder, base: disk.base, log: disk.log, trial, records, random: seededRandom(seed) });
  }

  /**
   * Opens the store on a disk as a crash behind the first `count` records leaves it, reads everything, and compares. `count` may
   * not be less than the last time.
   *
   * @throws LossError
   */
  async checkImage(count: number): Promise<ImageFinding> {
    const [image, mountPoint] = [join(this.#folder, "image"), join(this.#folder, "mounted")];
    const losses = await this.#images.make(image, count);
    await mountDisk(image, mountPoint);
    try {
      const command: DaemonCommand = { main: MAIN, folder: this.#folder, data: join(mountPoint, "data") };
      const daemon = new DaemonProcess(command);
      try {
        await daemon.serving().catch((error: unknown) => {
          throw new LossError("the daemon does not start", { cause: error });
        });
        return { ...losses, entries: await this.#check(socketOf(command), this.records[count - 1]?.end ?? 0) };
      } finally {
        await daemon.end("SIGKILL");
      }
    } finally {
      await unmount(mountPoint);
    }
  }

  /** Removes what it takes on this machine's own disk. */
  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }

  /** @returns how many entries are stored */
  async #check(socket: string, crashAt: number): Promise<number> {
    const { writers, mirror } = this.trial;
    const stored = await readStore(socket);
    const given = mirror.deliveries.findLast(({ at }) => at <= crashAt)?.position ?? 0;
    if (given > stored.headPosition) throw new LossError(`a tail had given position ${given}; the store ends at ${stored.headPosition}`);
    const models = writers.map((writer) => {
      const least = Math.max(answeredCount(writer, crashAt), shownCount(writer, mirror, crashAt));
      const most = writer.steps.filter(({ askedAt }) => askedAt <= crashAt).length;
      const count = findState(writer, stored, { least, most });
      return writer.steps[count - 1]?.model ?? new Map();
    });
    checkNothingElse(models, stored);
    return [...stored.segments.values()].reduce((sum, { entries }) => sum + entries.length, 0);
  }
}
