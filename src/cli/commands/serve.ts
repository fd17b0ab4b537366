import type { Command } from "commander";
import { command } from "../client-command.js";
import type { ServeFlags } from "../serve/run-serve.js";
import { addSettingOptions } from "../setting-options.js";

/** `seglog serve`: runs the daemon until a signal asks it to stop. */
export function serveCommand(): Command {
  const serve = command({
    name: "serve",
    summary: "Run the daemon.",
    details: "Logs to standard error. SIGTERM or SIGINT stops it; a second one ends it at once.",
    examples: ["seglog serve", "seglog serve --data ./store --log-level debug"],
  });
  return addSettingOptions(serve)
    .option("-q, --quiet", "do not print what to try when it is ready")
    .option("--allow-damaged", "serve a store of which values are damaged; who asks for one is answered with DATA_LOSS")
    .action(async (flags: ServeFlags) => {
      // Loaded only here: the daemon would be most of the time that every other command takes to start.
      const { runServe } = await import("../serve/run-serve.js");
      await runServe(flags);
    });
}
