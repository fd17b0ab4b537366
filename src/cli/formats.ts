import { type Command, Option } from "commander";
import { flagsError } from "./command-error.js";

const FORMATS = ["text", "json", "session-store"] as const;

/** How entries and states are printed: for people, as protobuf JSON, or in the JSONL form of the seed's store. */
export type Format = (typeof FORMATS)[number];

/** The flags that say a format. */
export interface FormatOptions {
  readonly format?: Format;
  readonly json?: boolean;
}

/** Adds the flag that says a format. */
export function addFormatOption(command: Command): Command {
  const option = new Option(
    "--format <format>",
    "text for people, json, or session-store for the form of the JSONL layout (default: text)",
  );
  return command.addOption(option.choices(FORMATS));
}

/**
 * The format that the flags say: `--json` is short for `--format json`.
 *
 * @throws CommandError where they say two
 */
export function formatOf({ format, json }: FormatOptions): Format {
  if (json === true && format !== undefined && format !== "json")
    throw flagsError(`--json and --format ${format} name two formats; wanted one of them`);
  return format ?? (json === true ? "json" : "text");
}
