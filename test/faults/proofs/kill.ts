import { setTimeout as delay } from "node:timers/promises";
import { socketOf } from "../../journeys/daemon/daemon-process.js";
import { RestartingDaemon } from "../../journeys/daemon/restarting-daemon.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import { countRows } from "../load/count-rows.js";
import { Trial } from "../load/trial.js";
import { showProgress } from "../progress.js";
import type { Proof } from "../proof.js";

/** A daemon answers so often at most before it is killed, and then works on for a moment, in milliseconds: anywhere in a commit. */
const ANSWERS_MAX = 120;
const MOMENT_MS_MAX = 30;

/** Writers that append, fork, cut back and delete, and a tail; kill -9, again and again, on one store. */
export const killProof: Proof = {
  name: "kill",
  title: "kill -9 at any time takes nothing that was acknowledged or that a tail gave, of any kind of write",
  short: ["--cycles", "15"],
  full: ["--cycles", "200"],
  async run(flags) {
    const { cycles, writers, seed } = integerFlags(flags, { cycles: 200, writers: 8 });
    const random = seededRandom(seed);
    const trial = new Trial({ seed, writers });
    let startKills = 0;
    await inTemporaryFolder(async (folder) => {
      const socket = socketOf({ folder });
      const daemon = await RestartingDaemon.start({ main: MAIN, folder }, random);
      try {
        for (let cycle = 0; cycle < cycles; cycle++) {
          const working = trial.work(socket);
          working.catch(() => undefined); // awaited below
          await trial.answered(Math.floor(random() * ANSWERS_MAX));
          await delay(random() * MOMENT_MS_MAX);
          await daemon.kill();
          await working;
          await trial.check(socket);
          showProgress("kill", cycle + 1, cycles);
        }
      } finally {
        await daemon.stop();
      }
      startKills = daemon.startKillCount;
    });
    console.log(figures({ "kills while writing": cycles, "kills while starting": startKills, ...countRows([trial]) }));
    return `${cycles + startKills} kills, ${trial.counts.entries} entries acknowledged, 0 lost`;
  },
};
