import type { Completed, CompletedCommand } from "./completion-model.js";

/** The script that completes seglog in bash, 3.2 or later. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of seglog in bash: source <(seglog completion bash)
# What stands behind an option: "COMMAND OPTION".
_seglog_value() {
  case "$1" in
${cases(commands.flatMap(valueRows))}
    *) kind= ;;
  esac
}
# The command that a word below another one is: "COMMAND WORD".
_seglog_command() {
  case "$1" in
${cases(commands.flatMap(commandRows), "found")}
    *) found= ;;
  esac
}
# What an argument is: "COMMAND COUNT-BEFORE-IT".
_seglog_argument() {
  case "$1" in
${cases(commands.flatMap(argumentRows))}
    *) kind= ;;
  esac
}
_seglog_options() {
  case "$1" in
${cases(commands.map(optionRow), "found")}
    *) found= ;;
  esac
}
_seglog() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path= count=0 i=1 word kind= found= daemon=()
  COMPREPLY=()
  while ((i < COMP_CWORD)); do
    word="\${COMP_WORDS[i]}"
    _seglog_value "$path $word"
    if [[ -n "$kind" ]]; then
      ((i + 1 == COMP_CWORD)) && break
      case "$word" in --socket | --address | --token-file | --tls-*) daemon+=("$word" "\${COMP_WORDS[i + 1]}") ;; esac
      i=$((i + 1))
    elif [[ "$word" != -* ]]; then
      _seglog_command "$path $word"
      if [[ -n "$found" ]]; then path="$found"; else count=$((count + 1)); fi
    fi
    kind=
    i=$((i + 1))
  done
  if [[ -z "$kind" && "$cur" == -* ]]; then
    _seglog_options "$path"
    kind="words $found"
  fi
  [[ -n "$kind" ]] || _seglog_argument "$path $count"
  local IFS=$' \\t\\n'
  case "$kind" in
    words\\ *) COMPREPLY=($(compgen -W "\${kind#words }" -- "$cur")) ;;
    segment | session) COMPREPLY=($("\${COMP_WORDS[0]}" __complete \${daemon[@]+"\${daemon[@]}"} "$kind" "$cur" 2>/dev/null)) ;;
    file)
      type compopt >/dev/null 2>&1 && compopt -o filenames
      IFS=$'\\n'
      COMPREPLY=($(compgen -f -- "$cur"))
      ;;
  esac
}
complete -F _seglog seglog`;
}

/** What a `case` looks for, and what it finds. */
type Row = readonly [string, string];

function valueRows({ path, options }: CompletedCommand): Row[] {
  return options.flatMap(({ flags, value }) => (value === undefined ? [] : flags.map((flag): Row => [`${path} ${flag}`, kindWord(value)])));
}

function commandRows({ path, subcommands }: CompletedCommand): Row[] {
  return subcommands.map(({ name }) => [`${path} ${name}`, path === "" ? name : `${path} ${name}`]);
}

function argumentRows({ path, subcommands, arguments: args }: CompletedCommand): Row[] {
  if (subcommands.length > 0) return [[`${path} 0`, kindWord(subcommands.map(({ name }) => name))]];
  return args.map((each, i) => [`${path} ${i}`, kindWord(each)]);
}

function optionRow({ path, options }: CompletedCommand): Row {
  return [path, options.flatMap(({ flags }) => flags).join(" ")];
}

function kindWord(value: Completed): string {
  return typeof value === "string" ? value : `words ${value.join(" ")}`;
}

function cases(rows: readonly Row[], name = "kind"): string {
  return rows.map(([when, value]) => `    ${quoted(when)}) ${name}=${quoted(value)} ;;`).join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
