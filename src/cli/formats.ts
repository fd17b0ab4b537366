import { type Command, Option } from "commander";

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

/** The format that the flags say: `--json` is short for `--format json`. */
export function formatOf({ format, json }: FormatOptions): Format {
  return format ?? (json === true ? "json" : "text");
}
