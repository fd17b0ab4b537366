import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { backup } from "../copies/backup.js";
import { compactStore } from "../copies/compact-store.js";
import { firstStart } from "../copies/first-start.js";
import { restoreBackup } from "../copies/restore-backup.js";
import type { Victim } from "../copies/victim.js";
import { integerFlags } from "../integer-flags.js";
import { ChangeKiller } from "../machine/kill-at-change.js";
import { requirePrograms } from "../machine/requirements.js";
import type { Proof } from "../proof.js";

/** Kills a first start, a backup, a restore and a compaction before each change that they make to the disk. */
export const killCopiesProof: Proof = {
  name: "kill-copies",
  title: "killed before any change to the disk, a first start, backup, restore and compaction leave nothing or the whole",
  short: ["--times", "1", "--every", "6"],
  full: ["--times", "5", "--every", "1"],
  async run(flags) {
    const { times, every } = integerFlags(flags, { times: 5, every: 1 });
    requirePrograms("cc");
    let killCount = 0;
    await inTemporaryFolder(async (folder) => {
      const killer = await ChangeKiller.make(folder);
      for (const victim of [firstStart, backup(), restoreBackup(), compactStore()]) {
        const { changes, kills } = await killAtEach(victim, { folder, killer, times, every });
        console.log(figures({ [`${victim.name}: changes`]: changes, "  kills": kills }));
        killCount += kills;
      }
    });
    return `${killCount} kills, each left nothing or the whole`;
  },
};

interface Bench {
  readonly folder: string;
  readonly killer: ChangeKiller;
  readonly times: number;
  readonly every: number;
}

async function killAtEach(victim: Victim, { folder, killer, times, every }: Bench): Promise<{ changes: number; kills: number }> {
  const [source, place] = [join(folder, "source"), join(folder, "place")];
  await mkdir(source);
  await victim.prepare(source);
  const once = async (at: number, victims: Victim["victims"][number]) => {
    await mkdir(place, { mode: 0o700 });
    try {
      await victim.kill(place, killer, at, victims);
    } catch (error) {
      console.error(`${victim.name}, killed before change ${at} (${victims}):`);
      throw error;
    }
    await rm(place, { recursive: true });
  };
  await once(0, "all");
  const changes = killer.count;
  if (changes === 0) throw new Error(`${victim.name} changed nothing that was seen: the library that is to kill it was not loaded`);
  let kills = 0;
  for (let time = 0; time < times; time++) {
    for (let at = 1 + (time % every); at <= changes; at += every) {
      for (const victims of victim.victims) {
        await once(at, victims);
        kills++;
      }
    }
  }
  await rm(source, { recursive: true });
  return { changes, kills };
}
