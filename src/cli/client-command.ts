import { Command } from "commander";

/** What the help of a subcommand says. */
export interface CommandText {
  readonly name: string;
  /** One sentence, for the list of subcommands too. */
  readonly summary: string;
  /** What else there is to say, as sentences. */
  readonly details?: string;
  readonly examples: readonly string[];
}

/** A subcommand, with the examples at the end of its help. */
export function command({ name, summary, details, examples }: CommandText): Command {
  const shown = ["", "Examples:", ...examples.map((example) => `  $ ${example}`)].join("\n");
  const description = details === undefined ? summary : `${summary} ${details}`;
  return new Command(name).summary(summary).description(description).addHelpText("after", shown);
}

/** A subcommand that talks to the daemon. */
export function clientCommand(text: CommandText): Command {
  return command(text)
    .option("--socket <path>", "socket of the daemon (default: $SEGLOG_SOCKET, or where `seglog serve` listens by default)")
    .option("--json", "print one JSON object a line");
}
