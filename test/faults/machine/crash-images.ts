import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Random } from "../../journeys/load/random.js";
import type { DiskRecord } from "./read-write-log.js";
import { run } from "./run.js";

const SECTOR_BYTES = 512;

/** Of the writes that are not flushed, how many are lost: from none to all, one of these for an image. */
const LOST_PARTS = [0, 0.1, 0.5, 0.9, 1] as const;

/** Of those that are not lost, how many are torn: only some of their sectors are on the disk. */
const TORN_PART = 0.3;

/** What a crash left of the writes that were not flushed. */
export interface CrashLosses {
  readonly lost: number;
  readonly torn: number;
  readonly kept: number;
}

/** Makes disks as they can be after a crash, of ever longer beginnings of a recording. */
export class CrashImages {
  readonly #disk: string;
  readonly #log: string;
  readonly #records: readonly DiskRecord[];
  readonly #random: Random;
  #flushedCount = 0;

  /** @param disk as it was when the recording began; it is changed to what is flushed */
  constructor({ disk, log, records, random }: { disk: string; log: string; records: readonly DiskRecord[]; random: Random }) {
    this.#disk = disk;
    this.#log = log;
    this.#records = records;
    this.#random = random;
  }

  /**
   * Makes the disk after a crash behind the first `count` records. What was flushed by then is on it, and of the rest any
   * part. `count` may not be less than it was the last time.
   */
  async make(image: string, count: number): Promise<CrashLosses> {
    const flushEnd = this.#records.findLastIndex(({ kind }, i) => kind === "flush" && i < count) + 1;
    this.#apply(this.#disk, this.#records.slice(this.#flushedCount, flushEnd), (write) => [write]);
    this.#flushedCount = Math.max(this.#flushedCount, flushEnd);
    await run("cp", "--sparse=always", this.#disk, image);
    const lostPart = LOST_PARTS[Math.floor(this.#random() * LOST_PARTS.length)] ?? 0;
    const losses = { lost: 0, torn: 0, kept: 0 };
    this.#apply(image, this.#records.slice(flushEnd, count), (write) => {
      const fate = this.#random() < lostPart ? "lost" : this.#random() < TORN_PART ? "torn" : "kept";
      losses[fate]++;
      return fate === "lost" ? [] : fate === "kept" ? [write] : this.#someSectors(write);
    });
    return losses;
  }

  /** Writes parts of recorded writes to a disk. */
  #apply(disk: string, records: readonly DiskRecord[], partsOf: (write: DiskRecord) => Iterable<Part>): void {
    const [diskFd, logFd] = [openSync(disk, "r+"), openSync(this.#log, "r")];
    for (const record of records) {
      if (record.kind === "flush") continue;
      for (const { offset, length, bytesAt } of partsOf(record)) {
        const bytes = Buffer.alloc(length);
        readSync(logFd, bytes, 0, length, bytesAt);
        writeSync(diskFd, bytes, 0, length, offset);
      }
    }
    closeSync(diskFd);
    closeSync(logFd);
  }

  *#someSectors({ offset, length, bytesAt }: DiskRecord): Iterable<Part> {
    for (let at = 0; at < length; at += SECTOR_BYTES) {
      if (this.#random() < 0.5) yield { offset: offset + at, length: Math.min(SECTOR_BYTES, length - at), bytesAt: bytesAt + at };
    }
  }
}

type Part = Pick<DiskRecord, "offset" | "length" | "bytesAt">;
