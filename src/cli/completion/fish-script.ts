import type { Completed, CompletedCommand, CompletedOption } from "./completion-model.js";

/** The script that completes seglog in fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of seglog in fish: seglog completion fish | source
function __seglog_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l names
    for word in $words
        string match -q -- '-*' $word; and continue
        set -a names $word
        if test "$names" = "$argv[1]"
            return 0
        end
    end
    test -z "$argv[1]"; and test (count $names) -eq 0
end
function __seglog_ids
    string match -q -- '-*' (commandline -ct); and return
    set -l words (commandline -opc)
    set -l daemon
    for i in (seq (count $words))
        string match -qr -- '^--(socket|address|token-file|tls-.*)$' $words[$i]; and set -a daemon $words[$i] $words[(math $i + 1)]
    end
    seglog __complete $daemon $argv[1] (commandline -ct) 2>/dev/null
end
complete -c seglog -f
${commands.flatMap(commandLines).join("\n")}`;
}

function commandLines({ path, options, subcommands, arguments: args }: CompletedCommand): string[] {
  const at = `complete -c seglog -n ${quoted(`__seglog_at ${quoted(path)}`)}`;
  return [
    ...subcommands.map(({ name, summary }) => `${at} -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => `${at} ${optionFlags(option)} -d ${quoted(option.summary)}`),
    // fish asks for words at any place alike: what the first argument is will do for all of them.
    ...(args[0] === undefined || args[0] === "nothing" ? [] : [`${at} ${words(args[0])}`]),
  ];
}

function optionFlags({ flags, value }: CompletedOption): string {
  const named = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
  if (value === undefined) return named;
  return value === "file" ? `${named} -r -F` : `${named} -x ${words(value)}`.trimEnd();
}

function words(value: Completed): string {
  switch (value) {
    case "segment":
    case "session":
      return `-a ${quoted(`(__seglog_ids ${value})`)}`;
    case "file":
      return "-F";
    case "nothing":
      return "";
    default:
      return `-a ${quoted(value.join(" "))}`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
