import { type Command, Option } from "commander";
import { type LoadedConfig, loadConfig } from "../daemon/config/load-config.js";
import { readFileIfThere } from "../daemon/config/open-config-file.js";
import { SETTING_TEXTS } from "../daemon/config/settings.js";

/**
 * Adds a flag for each setting of the daemon.
 *
 * @param only the names of those that the command needs; all where unset
 */
export function addSettingOptions(command: Command, only?: readonly string[]): Command {
  for (const { name, flag, placeholder, description, defaultText, isRepeatable } of SETTING_TEXTS) {
    if (only !== undefined && !only.includes(name)) continue;
    const option = new Option(`${flag} ${placeholder}`, `${description} (default: ${defaultText})`);
    if (isRepeatable === true) option.argParser((text, before: readonly string[] = []) => [...before, text]);
    command.addOption(option);
  }
  return command;
}

/**
 * The daemon's configuration as this process is told it: flags over environment over file over defaults.
 *
 * @throws ConfigError
 */
export function loadOwnConfig(flags: Readonly<Record<string, unknown>>): LoadedConfig {
  return loadConfig({ flags, env: process.env, cwd: process.cwd(), readFile: readFileIfThere });
}
