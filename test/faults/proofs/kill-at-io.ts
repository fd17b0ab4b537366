import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import { countRows } from "../load/count-rows.js";
import { LossError } from "../load/find-state.js";
import { Trial } from "../load/trial.js";
import { compileC } from "../machine/compile-c.js";
import { requirePrograms } from "../machine/requirements.js";
import { showProgress } from "../progress.js";
import type { Proof } from "../proof.js";

const WHENS = ["before", "half", "after"] as const;

/** Kills a daemon on a new store at each of its first writes and flushes of the data file, and starts it again. */
export const killAtIoProof: Proof = {
  name: "kill-at-io",
  title: "a kill before, in and after each of the first writes and flushes of a store takes nothing acknowledged",
  short: ["--points", "300", "--every", "25"],
  full: ["--points", "300", "--ways", "3"],
  async run(flags) {
    const { points, every, ways, writers, seed } = integerFlags(flags, { points: 300, every: 1, ways: 1, writers: 4 });
    requirePrograms("cc");
    const trials: Trial[] = [];
    let startKills = 0;
    await inTemporaryFolder(async (folder) => {
      const shim = await compileC("kill-at-io", folder, "-shared", "-fPIC", "-ldl");
      for (let point = 1; point <= points; point += every) {
        showProgress("I/O", point, points);
        for (const when of whensAt(point, ways)) {
          const trial = new Trial({ seed: seed + trials.length, writers });
          trials.push(trial);
          const at = { LD_PRELOAD: shim, KILL_AT_IO: String(point), KILL_AT_IO_WHEN: when };
          try {
            if (!(await killOnce(join(folder, "store"), trial, at))) startKills++;
          } catch (error) {
            console.error(`at I/O ${point}, ${when} it:`);
            throw error;
          }
        }
      }
    });
    console.log(figures({ "kills while writing": trials.length - startKills, "kills while starting": startKills, ...countRows(trials) }));
    const entries = trials.reduce((sum, { counts }) => sum + counts.entries, 0);
    return `${trials.length} kills at ${Math.ceil(points / every)} points, ${entries} entries acknowledged, 0 lost`;
  },
};

/** Which of the ways to die are tried at a point: all, or so many of them in turn. */
function whensAt(point: number, ways: number): readonly string[] {
  return WHENS.filter((_, i) => (i + point) % WHENS.length < ways);
}

/** @returns whether it came to serve before it was killed */
async function killOnce(folder: string, trial: Trial, env: Readonly<Record<string, string>>): Promise<boolean> {
  await mkdir(folder);
  const socket = socketOf({ folder });
  const doomed = new DaemonProcess({ main: MAIN, folder, env });
  const isServing = await Promise.race([doomed.serving().then(() => true), doomed.ended.then(() => false)]).catch(() => false);
  if (isServing) await trial.work(socket);
  const end = await doomed.ended;
  if (end !== "SIGKILL") throw new LossError(`the daemon ended with ${end} where it was to be killed:\n${doomed.log}`);
  const daemon = await DaemonProcess.start({ main: MAIN, folder });
  try {
    await trial.check(socket);
  } finally {
    await daemon.end("SIGKILL");
  }
  await rm(folder, { recursive: true });
  return isServing;
}
