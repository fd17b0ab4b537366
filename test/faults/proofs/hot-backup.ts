import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { makeBackup } from "../copies/make-backup.js";
import { integerFlags } from "../integer-flags.js";
import { countRows } from "../load/count-rows.js";
import { findState, LossError } from "../load/find-state.js";
import { readStore, type StoredStore } from "../load/read-store.js";
import type { SessionWriter } from "../load/session-writer.js";
import { answeredCount, Trial } from "../load/trial.js";
import { mustRun } from "../machine/command.js";
import type { Proof } from "../proof.js";

/** A backup begins so long after its writers at most, in milliseconds. */
const BEGIN_MS_MAX = 100;

/** A store is used for so many backups, so that small ones are copied too. */
const BACKUPS_PER_STORE = 25;

/** Backs a store up again and again while it is written to, makes a store of each copy, and compares. */
export const hotBackupProof: Proof = {
  name: "hot-backup",
  title: "a backup made under writes is a prefix of the store with everything that was acknowledged before it was asked for",
  short: ["--backups", "6"],
  full: ["--backups", "100"],
  async run(flags) {
    const { backups, writers, operations, seed } = integerFlags(flags, { backups: 100, writers: 6, operations: 60 });
    const random = seededRandom(seed);
    const trials: Trial[] = [];
    let midwayCount = 0;
    let bytes = 0;
    for (let from = 0; from < backups; from += BACKUPS_PER_STORE) {
      const trial = new Trial({ seed: seed + from, writers });
      trials.push(trial);
      await inTemporaryFolder(async (folder) => {
        const daemon = await DaemonProcess.start({ main: MAIN, folder });
        try {
          for (let n = from; n < Math.min(backups, from + BACKUPS_PER_STORE); n++) {
            const copy = await backUpUnderWrites(folder, { trial, operations, random });
            if (copy.isMidway) midwayCount++;
            bytes += copy.byteSize;
          }
        } finally {
          await daemon.end("SIGKILL");
        }
      });
    }
    console.log(figures({ backups, "  of a moment between writes": midwayCount, "bytes copied": bytes, ...countRows(trials) }));
    if (midwayCount < backups / 2) throw new Error(`only ${midwayCount} of ${backups} backups were made while anybody wrote`);
    return `${backups} backups, ${midwayCount} of them between writes, each a prefix with all that was acknowledged before`;
  },
};

async function backUpUnderWrites(
  folder: string,
  { trial, operations, random }: { readonly trial: Trial; readonly operations: number; readonly random: Random },
): Promise<{ readonly isMidway: boolean; readonly byteSize: number }> {
  const socket = socketOf({ folder });
  const working = trial.work(socket, operations);
  working.catch(() => undefined); // awaited below
  await delay(random() * BEGIN_MS_MAX);
  const least = trial.writers.map((writer) => answeredCount(writer));
  const { path, headPosition, byteSize } = await makeBackup(socket, join(folder, "backup"));
  const asked = trial.writers.map(({ steps }) => steps.length);
  await working;

  const again = join(folder, "again");
  await mustRun("restore-backup", path, "--data", join(again, "data"));
  const restored = await DaemonProcess.start({ main: MAIN, folder: again });
  const stored = await readStore(socketOf({ folder: again })).finally(() => restored.end("SIGKILL"));
  if (stored.headPosition !== Number(headPosition)) {
    throw new LossError(`a backup was said to end at ${headPosition}; the store made of it ends at ${stored.headPosition}`);
  }
  const counts = trial.writers.map((writer, i) => countIn(writer, stored, { least: least[i] ?? 0, most: asked[i] ?? 0 }));
  await trial.check(socket);
  for (const made of [path, again]) await rm(made, { recursive: true });
  return { isMidway: counts.some((count, i) => count < (asked[i] ?? 0)), byteSize: Number(byteSize) };
}

/**
 * How many of a writer's steps a copy has: with its appends up to the copy's end, and no other. Steps may undo each other,
 * so that it is for the positions to say which of several states that look alike it is.
 */
function countIn(writer: SessionWriter, stored: StoredStore, { least, most }: { readonly least: number; readonly most: number }): number {
  const positions = writer.steps.map(({ operation }) => (operation.kind === "append" ? operation.firstPosition : undefined));
  const lastWithin = positions.findLastIndex((position) => position !== undefined && position <= stored.headPosition);
  const firstBehind = positions.findIndex((position) => position !== undefined && position > stored.headPosition);
  return findState(writer, stored, {
    least: Math.max(least, lastWithin + 1),
    most: firstBehind === -1 ? most : Math.min(most, firstBehind),
  });
}
