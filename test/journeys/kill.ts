import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { figures, inTemporaryFolder } from "./load/report.js";
import { runKills } from "./load/run-kills.js";

/*
 * npm run kill -- [--kills 20] [--clients 16] [--appends 1000] [--seed N]
 *
 * The race, with request ids, while the daemon is killed with SIGKILL and started again on the same store.
 * Ends with 0 where everything acknowledged is there, retries added nothing twice, and every observer was given
 * each entry once. The seed decides when it is killed; what is in flight then is the machine's to say.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    clients: { type: "string", default: "16" },
    appends: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
  },
});
const [kills, clients, appends, seed] = [Number(values.kills), Number(values.clients), Number(values.appends), Number(values.seed)];
const main = fileURLToPath(new URL("../../bin/seglog.js", import.meta.url));

console.log(figures({ seed }));
await inTemporaryFolder(async (folder) => {
  const startMs = performance.now();
  const { counts, ...result } = await runKills({ main, folder, clients, appends, kills, seed });
  console.log(
    figures({
      "kills while writing": result.killCount,
      "kills while starting": result.startKillCount,
      appends: counts.appends,
      acknowledged: counts.acknowledged,
      "entries acknowledged": counts.entries,
      conflicts: counts.conflicts,
      "  became a retry": counts.retries,
      "  became a branch": counts.branches,
      "outcomes unknown": counts.unknownOutcomes,
      "  were stored, and replayed": counts.replays,
      "tails resumed": result.resumeCount,
      "entries stored": result.storedEntries,
      "states of branches compared": result.statesCompared,
      "seconds of writing": (result.writingMs / 1000).toFixed(1),
      "seconds in all": ((performance.now() - startMs) / 1000).toFixed(1),
    }),
  );
  console.log("everything acknowledged is there, and retries added nothing twice");
});
