import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type DaemonCommand, DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import { countRows } from "../load/count-rows.js";
import { LossError } from "../load/find-state.js";
import { Trial } from "../load/trial.js";
import { compileC } from "../machine/compile-c.js";
import { makeDisk, mountDisk, unmount } from "../machine/mounted-disk.js";
import { requireLoopDisks } from "../machine/requirements.js";
import { run } from "../machine/run.js";
import { showProgress } from "../progress.js";
import type { Proof } from "../proof.js";
import { WITHOUT_FLUSHES } from "../unsafe-engine/node-flags.js";

/** A daemon answers so often at most before the power is cut, and then works on for a moment, in milliseconds: anywhere in a commit. */
const ANSWERS_MAX = 120;
const MOMENT_MS_MAX = 30;

/** What is cut off without flushes has answered at least so often: without an answer there is nothing to lose. */
const ANSWERS_TO_LOSE = 10;

/** A disk is used for so many cycles, so that also young stores are cut off. */
const CYCLES_PER_DISK = 10;

/** After its disk has died a daemon that is written to has to end within so many milliseconds. */
const END_MS_MAX = 20_000;

/** Of the cycles without flushes so many have to lose something, or the cut is none. */
const LOSING_PART = 0.9;

/** Cuts the power of an ext4 while a daemon writes to it: every other time the daemon dies first, or the disk does. */
export const powerCutProof: Proof = {
  name: "power-cut",
  title: "a power cut takes nothing that was acknowledged or that a tail gave; without flushes it does",
  short: ["--cycles", "16", "--control", "4"],
  full: ["--cycles", "200", "--control", "20"],
  async run(flags) {
    const { cycles, control, writers, seed } = integerFlags(flags, { cycles: 200, control: 20, writers: 8 });
    requireLoopDisks();
    const random = seededRandom(seed);
    const trials: Trial[] = [];
    let lostCount = 0;
    await inTemporaryFolder(async (folder) => {
      const bench: Bench = { folder, cutPower: await compileC("cut-power", folder), random };
      for (let cycle = 0; cycle < cycles; cycle += CYCLES_PER_DISK) {
        const trial = new Trial({ seed: seed + cycle, writers });
        trials.push(trial);
        await cutRepeatedly(bench, trial, Math.min(CYCLES_PER_DISK, cycles - cycle));
        showProgress("cut", Math.min(cycles, cycle + CYCLES_PER_DISK), cycles);
      }
      for (let cycle = 0; cycle < control; cycle++) {
        if (await losesWithoutFlushes(bench, new Trial({ seed: seed + cycles + cycle, writers }))) lostCount++;
      }
    });
    console.log(
      figures({ "power cuts": cycles, ...countRows(trials), "cuts without flushes": control, "  that lost something": lostCount }),
    );
    if (lostCount < control * LOSING_PART) throw new Error(`of ${control} cuts without flushes only ${lostCount} lost something`);
    const entries = trials.reduce((sum, { counts }) => sum + counts.entries, 0);
    return `${cycles} cuts, ${entries} entries acknowledged, 0 lost; without flushes ${lostCount} of ${control} lost`;
  },
};

/** Where the cutting is done, and with what. */
interface Bench {
  readonly folder: string;
  readonly cutPower: string;
  readonly random: Random;
}

/** Cuts one disk off again and again; whatever is on it after each cut is what the next cycle goes on with. */
async function cutRepeatedly(bench: Bench, trial: Trial, cycles: number): Promise<void> {
  const disk = join(bench.folder, "disk");
  await makeDisk(disk);
  for (let cycle = 0; cycle <= cycles; cycle++) {
    await onDisk(bench, disk, async (command, mountPoint) => {
      const daemon = await DaemonProcess.start(command);
      try {
        await trial.check(socketOf(command));
        if (cycle < cycles) await cutOnce(bench, { daemon, trial, command, mountPoint, diskFirst: cycle % 2 === 1, answersLeast: 0 });
      } finally {
        await daemon.end("SIGKILL");
      }
    });
  }
}

/** @returns whether something acknowledged was gone, or the store could not even be opened */
async function losesWithoutFlushes(bench: Bench, trial: Trial): Promise<boolean> {
  const disk = join(bench.folder, "disk");
  await makeDisk(disk);
  await onDisk(bench, disk, async (command, mountPoint) => {
    const daemon = await DaemonProcess.start({ ...command, nodeFlags: WITHOUT_FLUSHES });
    await cutOnce(bench, { daemon, trial, command, mountPoint, diskFirst: false, answersLeast: ANSWERS_TO_LOSE });
  });
  let isLost = false;
  await onDisk(bench, disk, async (command) => {
    const daemon = new DaemonProcess(command);
    try {
      await daemon.serving();
      await trial.check(socketOf(command));
    } catch {
      isLost = true;
    } finally {
      await daemon.end("SIGKILL");
    }
  });
  return isLost;
}

/** What is cut off. */
interface Cut {
  readonly daemon: DaemonProcess;
  readonly trial: Trial;
  readonly command: DaemonCommand;
  readonly mountPoint: string;
  /** Whether the daemon lives to see its disk die. */
  readonly diskFirst: boolean;
  readonly answersLeast: number;
}

async function cutOnce({ cutPower, random }: Bench, { daemon, trial, command, mountPoint, diskFirst, answersLeast }: Cut): Promise<void> {
  const working = trial.work(socketOf(command));
  working.catch(() => undefined); // awaited below
  await trial.answered(answersLeast + Math.floor(random() * ANSWERS_MAX));
  await delay(random() * MOMENT_MS_MAX);
  if (!diskFirst) await daemon.end("SIGKILL");
  await run(cutPower, mountPoint);
  if (diskFirst && (await Promise.race([daemon.ended, delay(END_MS_MAX, undefined)])) === undefined) {
    throw new LossError(`${END_MS_MAX} ms after its disk had died the daemon was still there:\n${daemon.log}`);
  }
  await working;
}

async function onDisk({ folder }: Bench, disk: string, work: (command: DaemonCommand, mountPoint: string) => Promise<void>): Promise<void> {
  const mountPoint = join(folder, "mounted");
  await mountDisk(disk, mountPoint);
  try {
    await work({ main: MAIN, folder, data: join(mountPoint, "data") }, mountPoint);
  } finally {
    await unmount(mountPoint);
  }
}
