import { Command, Option } from "commander";
import { COLOR_WHENS } from "./paint.js";

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
    .option("--address <host:port>", "address of the daemon, instead of a socket (default: $SEGLOG_ADDRESS)")
    .option("--token-file <path>", "file with the token to show (default: $SEGLOG_TOKEN_FILE, or the token itself in $SEGLOG_TOKEN)")
    .option("--tls-ca <path>", "certificates to trust at an address, in PEM; makes the connection TLS (default: $SEGLOG_TLS_CA)")
    .option("--tls-cert <path>", "certificate to show there (default: $SEGLOG_TLS_CERT)")
    .option("--tls-key <path>", "its key (default: $SEGLOG_TLS_KEY)")
    .option("--json", "print one JSON object a line")
    .addOption(colorOption());
}

/** The flag that says when output is coloured. */
export function colorOption(): Option {
  return new Option("--color <when>", "colour the output: auto, which is on a terminal unless NO_COLOR is set, always or never")
    .choices(COLOR_WHENS)
    .default("auto");
}
