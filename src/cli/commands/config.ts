import type { Command } from "commander";
import type { ConfigOrigin } from "../../daemon/config/load-config.js";
import { colorOption, command } from "../client-command.js";
import { jsonLine } from "../json-line.js";
import { print } from "../output.js";
import { type ColorWhen, paintOf } from "../paint.js";
import { addSettingOptions, loadOwnConfig } from "../setting-options.js";
import { tableLines } from "../table.js";

/** `seglog config`: what a daemon that is started the same way would run with, and where each value came from. */
export function configCommand(): Command {
  const config = command({
    name: "config",
    summary: "Print each setting and where its value came from.",
    details: "As `serve` would run with them: takes the same flags, environment and file.",
    examples: ["seglog config", "seglog config --data ./store --json"],
  });
  return addSettingOptions(config).option("--json", "print one JSON object a line").addOption(colorOption()).action(runConfig);
}

async function runConfig(
  flags: Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly color?: ColorWhen },
): Promise<void> {
  const { origins } = loadOwnConfig(flags);
  const lines = flags.json === true ? [...origins].map(settingLine) : tableLines(COLUMNS, [...origins].map(settingRow), paintOf(flags));
  for (const line of lines) await print(line);
}

const COLUMNS = [{ heading: "SETTING" }, { heading: "VALUE" }, { heading: "FROM" }];

function settingRow([name, { value, origin }]: readonly [string, ConfigOrigin]): string[] {
  return [name, value ?? "-", origin];
}

function settingLine([name, { value, origin }]: readonly [string, ConfigOrigin]): string {
  return jsonLine({ name, value: value ?? null, origin });
}
