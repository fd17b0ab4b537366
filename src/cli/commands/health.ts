import { type Command, Option } from "commander";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { clientTarget } from "../client-target.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { jsonLine } from "../json-line.js";
import { print } from "../output.js";
import type { ClientOptions } from "../with-client.js";

/** How long the daemon has to answer where nobody says, in milliseconds. */
const TIMEOUT_MS = 2000n;

interface HealthOptions extends ClientOptions {
  readonly timeoutMs: bigint;
}

/** `seglog health`: says whether the daemon serves, for probes that run a command. */
export function healthCommand(): Command {
  const timeout = new Option("--timeout-ms <ms>", "how long the daemon has to answer");
  return clientCommand({
    name: "health",
    summary: "Say whether the daemon serves.",
    details: `Exits with ${EXIT.ok} where it does, with ${EXIT.unavailable} otherwise: meant for exec probes.`,
    examples: ["seglog health", "seglog health --timeout-ms 500"],
  })
    .addOption(timeout.argParser(parseWhole).default(TIMEOUT_MS, String(TIMEOUT_MS)))
    .action(runHealth);
}

async function runHealth(options: HealthOptions): Promise<void> {
  // Loaded only here: what it needs takes long to load, and no other command does.
  const { checkHealth } = await import("../check-health.js");
  const { status, problem } = await checkHealth(clientTarget(options), Number(options.timeoutMs));
  await print(options.json === true ? jsonLine({ status }) : status);
  if (problem !== undefined) throw new CommandError(EXIT.unavailable, problem);
}
