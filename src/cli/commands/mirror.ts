import type { Command } from "commander";
import { clientCommand } from "../client-command.js";
import type { MirrorOptions } from "../mirror/mirror-options.js";
import { mirrorPlace } from "../mirror/mirror-place.js";

/** `seglog mirror`: keeps a copy of a store or a session elsewhere. */
export function mirrorCommand(): Command {
  return clientCommand({
    name: "mirror",
    summary: "Keep a copy of the store, or of a session, in a folder or in another daemon.",
    details:
      "Follows the store and does in the copy what was done there: appends, forks, truncations, deletions. It goes on where it " +
      "ended; what comes again is compared. A folder has the JSONL layout of export; another daemon has the same ids, times and " +
      "order of entries, and forks by reference. Traces and namespaces are not mirrored. See docs/mirror.md.",
    examples: ["seglog mirror --to ./copy --once", "seglog mirror --to unix:/run/seglog-copy/seglog.sock --json"],
  })
    .requiredOption("--to <place>", "the copy: a folder, unix:PATH of another daemon's socket, or its host:port", (text) =>
      mirrorPlace(text, process.cwd()),
    )
    .option("--session <id>", "only this session; the beginning of its id will do")
    .option("--once", "end once everything that is there is in the copy")
    .option("--state <file>", "where it keeps how far it is (default: in the folder, or among your mirrors in $XDG_STATE_HOME/seglog)")
    .option("--compare", "compare the whole copy first, whatever is kept")
    .option("--prune", "take from a copy that is not this mirror's whatever the source does not have")
    .option("--to-token-file <path>", "file with the token to show to the other daemon")
    .option("--to-tls-ca <path>", "certificates to trust there, in PEM; makes the connection TLS")
    .action(mirror);
}

/** Loaded only here: other commands need nothing of it. */
async function mirror(options: MirrorOptions): Promise<void> {
  const { runMirror } = await import("../mirror/run-mirror.js");
  await runMirror(options);
}
