import type { Argument, Command, Option } from "commander";
import { EDGE_NAMES, KIND_NAMES } from "../tail/tail-request.js";

/** What a word can be completed to: ids that the daemon knows, files, some words, or nothing that anybody could know. */
export type Completed = "segment" | "session" | "file" | "nothing" | readonly string[];

/** An option of a command. */
export interface CompletedOption {
  /** Such as `-h` and `--help`. */
  readonly flags: readonly string[];
  readonly summary: string;
  /** What stands behind it; undefined where nothing does. */
  readonly value: Completed | undefined;
}

/** A command, or the program itself. */
export interface CompletedCommand {
  /** The names that lead to it, such as `token create`; empty for the program. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly Completed[];
  /** Commands below it, by name. */
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
}

/** All that can be typed behind the name of a program, the program first. What its help hides is left out. */
export function completionModel(program: Command, path = "", siblings: readonly string[] = []): CompletedCommand[] {
  const help = program.createHelp();
  const subcommands = help.visibleCommands(program);
  const itself = {
    path,
    summary: program.summary() || program.description(),
    options: help.visibleOptions(program).map(completedOption),
    arguments: program.registeredArguments.map((argument) => (argument.name() === "command" ? siblings : completedArgument(argument))),
    subcommands: subcommands.map((each) => ({ name: each.name(), summary: each.summary() || each.description() })),
  };
  const names = subcommands.map((each) => each.name());
  const below = subcommands.flatMap((each) => completionModel(each, path === "" ? each.name() : `${path} ${each.name()}`, names));
  return [itself, ...below];
}

function completedOption({ short, long, description, flags, argChoices }: Option): CompletedOption {
  const value = /[<[]([\w:.-]+)[>\]]/.exec(flags)?.[1];
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    summary: description,
    value: value === undefined ? undefined : (argChoices ?? kindOf(long === "--session" ? "session" : value)),
  };
}

function completedArgument(argument: Argument): Completed {
  return argument.argChoices ?? kindOf(argument.name());
}

/** The name of a value says what it is. */
function kindOf(name: string): Completed {
  if (/^(other-)?segment\b/.test(name)) return "segment";
  if (name === "session") return "session";
  if (name === "kinds") return KIND_NAMES;
  if (name === "where") return EDGE_NAMES;
  return /path|file|folder|dir/.test(name) ? "file" : "nothing";
}
