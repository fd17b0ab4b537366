import type { Command } from "commander";
import { command } from "../client-command.js";
import { addSettingOptions } from "../setting-options.js";

/** `seglog doctor`: whether a daemon that is started the same way would run well. */
export function doctorCommand(): Command {
  const doctor = command({
    name: "doctor",
    summary: "Look at what a daemon needs, and say what to do.",
    details: "Takes the same flags, environment and file as `serve`, and changes nothing. The exit code is 1 where anything fails.",
    examples: ["seglog doctor", "seglog doctor --data ./store --json"],
  });
  return addSettingOptions(doctor)
    .option("--json", "print one JSON object a line")
    .action(async (flags: Readonly<Record<string, unknown>>) => {
      // Loaded only here: other commands start without the store.
      const { runDoctor } = await import("../doctor/run-doctor.js");
      await runDoctor(flags);
    });
}
