import type { Command } from "commander";
import { SETTINGS } from "../../daemon/config/settings.js";
import { colorOption, command } from "../client-command.js";
import type { VerifyFlags } from "../verify/run-verify.js";

/** `seglog verify`: checks a store that no daemon has. */
export function verifyCommand(): Command {
  return command({
    name: "verify",
    summary: "Check a store while no daemon has it.",
    details:
      "Looks at the pages of the file, the newest records, and what the tables say of each other; with --deep at everything, " +
      "and replays every entry. Changes nothing. The exit code is 6 where anything does not prove right.",
    examples: ["seglog verify", "seglog verify --deep --data ./store --json"],
  })
    .option("--data <path>", `folder of the store (default: ${SETTINGS.data.defaultText})`)
    .option("--config <path>", "configuration file in TOML, as for `serve`")
    .option("--deep", "look at everything, however long that takes")
    .option("--json", "print one JSON object a line")
    .addOption(colorOption())
    .action(async (flags: VerifyFlags) => {
      // Loaded only here: other commands start without the store.
      const { runVerify } = await import("../verify/run-verify.js");
      await runVerify(flags);
    });
}
