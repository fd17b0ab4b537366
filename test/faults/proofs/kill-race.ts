import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { runKills } from "../../journeys/load/run-kills.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";

/** Clients race on one segment while the daemon is killed and started again. */
export const killRaceProof: Proof = {
  name: "kill-race",
  title: "kill -9 during a race on one segment takes nothing acknowledged, and retries add nothing twice",
  short: ["--kills", "10", "--appends", "300"],
  full: ["--kills", "100", "--appends", "3000"],
  async run(flags) {
    const { kills, clients, appends, seed } = integerFlags(flags, { kills: 20, clients: 16, appends: 1000 });
    let summary = "";
    await inTemporaryFolder(async (folder) => {
      const { counts, ...result } = await runKills({ main: MAIN, folder, clients, appends, kills, seed });
      console.log(
        figures({
          "kills while writing": result.killCount,
          "kills while starting": result.startKillCount,
          "entries acknowledged": counts.entries,
          "outcomes unknown": counts.unknownOutcomes,
          "  were stored, and replayed": counts.replays,
          "tails resumed": result.resumeCount,
          "entries stored": result.storedEntries,
        }),
      );
      summary = `${result.killCount + result.startKillCount} kills, ${counts.entries} entries acknowledged, 0 lost`;
    });
    return summary;
  },
};
