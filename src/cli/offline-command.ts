import type { Command } from "commander";
import type { DaemonConfig } from "../daemon/config/load-config.js";
import { type CommandText, colorOption, command } from "./client-command.js";
import { InterruptedError } from "./command-error.js";
import { type CopyStep, copyProgressText } from "./copy-progress.js";
import { interruptions } from "./interruptions.js";
import { print } from "./output.js";
import type { ColorWhen } from "./paint.js";
import { ProgressLine } from "./progress-line.js";
import { addSettingOptions, loadOwnConfig } from "./setting-options.js";

/** What every command can be told that works on a store itself. */
export type OfflineOptions = Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly color?: ColorWhen };

/** What such a command works with. */
export interface OfflineContext {
  /** The data folder. */
  readonly dir: string;
  /** A file system that it may be on all the same. */
  readonly unsafeAllowFs: DaemonConfig["unsafeAllowFs"];
  /** Aborts when a person interrupts. */
  readonly signal: AbortSignal;
  readonly onStep: (step: CopyStep) => void;
}

/** A subcommand that works on a store which no daemon has open. */
export function offlineCommand(text: CommandText): Command {
  return addSettingOptions(command(text), ["config", "data", "unsafeAllowFs"])
    .option("--json", "print one JSON object a line")
    .addOption(colorOption());
}

/**
 * Runs one, on the data folder that `serve` would take, and prints the lines that it gives.
 *
 * @throws ConfigError, InterruptedError, and CommandError with an exit code of its own where the store cannot be had
 */
export async function withDataFolder(options: OfflineOptions, run: (context: OfflineContext) => Promise<readonly string[]>): Promise<void> {
  const { dataDir: dir, unsafeAllowFs } = loadOwnConfig(options).config;
  const interrupted = interruptions();
  const line = new ProgressLine();
  try {
    const lines = await run({ dir, unsafeAllowFs, signal: interrupted.signal, onStep: (step) => line.show(copyProgressText(step)) });
    line.clear();
    for (const text of lines) await print(text);
  } catch (error) {
    if (interrupted.signal.aborted) throw new InterruptedError("interrupted", { cause: error });
    const { storeRefusal } = await import("./store-refusal.js"); // only here: other commands start without LMDB
    throw storeRefusal(error);
  } finally {
    line.clear();
    interrupted.undo();
  }
}
