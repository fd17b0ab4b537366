import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { figures, inTemporaryFolder } from "./load/report.js";
import { daemonTarget, folderTarget } from "./mirror/mirror-target.js";
import { runMirrorKills } from "./mirror/run-mirror-kills.js";

/*
 * npm run mirror -- [--kills 20] [--seed N] [--target folder|daemon]
 *
 * A source is written to at random while it, its mirror and the mirror's target are killed with SIGKILL and started again. Ends
 * with 0 where the mirror then catches up and the copy is what the source is, entry for entry; for a folder and for a daemon.
 * The seed decides who is killed and when; what is in flight then is the machine's to say.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    target: { type: "string" },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const main = fileURLToPath(new URL("../../bin/seglog.js", import.meta.url));
const targets = values.target === undefined ? ["folder", "daemon"] : [values.target];

console.log(figures({ seed }));
await inTemporaryFolder(async (folder) => {
  for (const target of targets) {
    const { counts, ...result } = await runMirrorKills({
      main,
      folder: join(folder, target),
      kills,
      seed,
      startTarget: (place, random) => (target === "folder" ? folderTarget(place) : daemonTarget(main, place, random)),
    });
    console.log(
      figures({
        "copy in a": target,
        ...Object.fromEntries(Object.entries(result.kills).map(([victim, count]) => [`kills of the ${victim}`, count])),
        ...counts,
        "times the copy was durable": result.keptCount,
        "segments compared": result.segments,
        "entries compared": result.entries,
        "seconds in all": result.seconds.toFixed(1),
      }),
    );
    console.log("the copy is what the source is; one that was damaged by hand was reported, and mended\n");
  }
});
