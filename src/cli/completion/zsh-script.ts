import type { Completed, CompletedCommand, CompletedOption } from "./completion-model.js";

/** The script that completes seglog in zsh. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef seglog
# Completion of seglog in zsh: seglog completion zsh > "\${fpath[1]}/_seglog"
_seglog_ids() {
  local -a ids daemon
  local i
  for ((i = 2; i < CURRENT; i++)); do
    [[ \${words[i]} == --(socket|address|token-file|tls-*) ]] && daemon+=("\${words[i]}" "\${(Q)words[i+1]}")
  done
  ids=(\${(f)"$(seglog __complete $daemon $1 "$PREFIX" 2>/dev/null)"})
  compadd -U -V ids -a ids
}
${commands.map(commandFunction).join("\n")}
if [[ $funcstack[1] == _seglog ]]; then _seglog "$@"; else compdef _seglog seglog; fi`;
}

function functionName(path: string): string {
  return path === "" ? "_seglog" : `_seglog_${path.replace(/[ -]/g, "_")}`;
}

function commandFunction({ path, options, subcommands, arguments: args }: CompletedCommand): string {
  const specs = options.map(optionSpec);
  if (subcommands.length === 0)
    return `${functionName(path)}() {\n  _arguments -s ${[...specs, ...args.map((each, i) => quoted(`${i + 1}:${path}:${action(each)}`))].join(" \\\n    ")}\n}`;
  const described = subcommands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ");
  const below = subcommands.map(({ name }) => {
    const whole = path === "" ? name : `${path} ${name}`;
    return `        ${name}) ${functionName(whole)} ;;`;
  });
  return `${functionName(path)}() {
  local curcontext="$curcontext" state line
  local -a commands=(${described})
  _arguments -C ${[...specs, "'1:command:->command'", "'*::argument:->argument'"].join(" \\\n    ")}
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${below.join("\n")}
      esac
      ;;
  esac
}`;
}

/** One of an option's flags suffices: what is behind \`(…)\` is not offered once one of them is there. */
function optionSpec({ flags, summary, value }: CompletedOption): string {
  const text = `[${summary.replace(/[[\]:\\]/g, "\\$&")}]${value === undefined ? "" : `:value:${action(value)}`}`;
  const [first = "", second] = flags;
  return second === undefined ? quoted(`${first}${text}`) : `'(${first} ${second})'{${first},${second}}${quoted(text)}`;
}

function action(value: Completed): string {
  switch (value) {
    case "segment":
    case "session":
      return ` _seglog_ids ${value}`; // without the space, options of compadd would come first
    case "file":
      return "_files";
    case "nothing":
      return " ";
    default:
      return `(${value.join(" ")})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
