import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DaemonProcess, socketOf } from "./daemon/daemon-process.js";
import { figures, inTemporaryFolder } from "./load/report.js";
import { runRace } from "./load/run-race.js";

/*
 * npm run race -- [--clients 16] [--appends 1000]
 *
 * Clients race on one segment of a real daemon; every append has a precondition. Half of them read again and
 * try again after a conflict, half let it become a branch and come back. Ends with 0 where what is stored is
 * what was acknowledged, and nothing else.
 */
const { values } = parseArgs({ options: { clients: { type: "string", default: "16" }, appends: { type: "string", default: "1000" } } });
const clients = Number(values.clients);
const appends = Number(values.appends);
const main = fileURLToPath(new URL("../../bin/seglog.js", import.meta.url));

await inTemporaryFolder(async (folder) => {
  const daemon = await DaemonProcess.start({ main, folder });
  try {
    const startMs = performance.now();
    const { counts, storedEntries, statesCompared, writingMs } = await runRace({ socket: socketOf({ folder }), clients, appends });
    console.log(
      figures({
        clients,
        appends: counts.appends,
        acknowledged: counts.acknowledged,
        "entries acknowledged": counts.entries,
        conflicts: counts.conflicts,
        "  became a retry": counts.retries,
        "  became a branch": counts.branches,
        "entries stored": storedEntries,
        "states of branches compared": statesCompared,
        "seconds of writing": (writingMs / 1000).toFixed(1),
        "seconds in all": ((performance.now() - startMs) / 1000).toFixed(1),
      }),
    );
    console.log("every acknowledged entry is there once, every conflict became a branch or a retry, and nothing else");
  } finally {
    await daemon.end("SIGTERM");
  }
});
