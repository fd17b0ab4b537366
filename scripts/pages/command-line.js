// The page of the command line, from the program itself.
import { Command, Help } from "commander";
import { clientCommand } from "../../dist/src/cli/client-command.js";
import { exitCodesText } from "../../dist/src/cli/exit-code.js";
import { seglogProgram } from "../../dist/src/cli/program.js";
import { addSettingOptions } from "../../dist/src/cli/setting-options.js";
import { anchorOf, block, code, escaped, linkTo, page, table } from "./markdown.js";

const SHARED = "Options of commands that talk to the daemon";
const EXIT_CODES = "Exit codes";
const help = new Help();

/** Options that many commands have are told once. */
const shared = optionsOf(clientCommand({ name: "any", summary: "", examples: [] }));
const settings = optionsOf(addSettingOptions(new Command("any")));

/** The page. */
export function commandLinePage() {
  const program = seglogProgram();
  const commands = subcommandsOf(program, "seglog");
  return page("npm run docs", [
    "# Command line",
    "What each command does, as its `--help` says it.",
    table(
      ["command", "does"],
      commands.map(({ command, title }) => [linkTo(title), escaped(help.subcommandDescription(command))]),
    ),
    `## ${SHARED}`,
    optionTable(shared),
    `[Configuration](configuration.md) has their variables in one table.`,
    ...commands.flatMap(commandParts),
    `## ${EXIT_CODES}`,
    table(["code", "says"], exitCodes()),
  ]);
}

/** Commands with what each is typed as, those below others behind them. */
function subcommandsOf(parent, typed) {
  const commands = help.visibleCommands(parent).filter((command) => command.name() !== "help");
  return commands.flatMap((command) => {
    const title = `${typed} ${command.name()}`;
    return [{ command, title }, ...subcommandsOf(command, title)];
  });
}

function commandParts({ command, title }) {
  const options = optionsOf(command);
  const isClient = shared.every((option) => isIn(options, option));
  const told = options.filter((option) => !isIn(settings, option) && !(isClient && isIn(shared, option)));
  return [
    `## ${title}`,
    escaped(help.commandDescription(command)),
    block("text", `${title} ${command.usage()}`),
    ...argumentParts(command),
    ...(told.length === 0 ? [] : [optionTable(told)]),
    ...(isClient ? [`Takes the [options of all that talk to the daemon](#${anchorOf(SHARED)}) too.`] : []),
    ...settingParts(options.filter((option) => isIn(settings, option))),
    block("sh", examplesOf(command).join("\n")),
  ];
}

function optionsOf(command) {
  return help.visibleOptions(command).filter(({ long }) => long !== "--help");
}

/** Options are alike that are written and described alike. */
function isIn(options, { flags, description }) {
  return options.some((each) => each.flags === flags && each.description === description);
}

function argumentParts(command) {
  const rows = help.visibleArguments(command).map((each) => [code(help.argumentTerm(each)), escaped(help.argumentDescription(each))]);
  return rows.length === 0 ? [] : [table(["argument", "is"], rows)];
}

function optionTable(options) {
  return table(
    ["option", "says"],
    options.map((option) => [code(option.flags), escaped(help.optionDescription(option))]),
  );
}

function settingParts(taken) {
  if (taken.length === 0) return [];
  if (taken.length === settings.length) return ["Takes a flag for each [setting](configuration.md) too."];
  return [`Of the [settings](configuration.md) it takes ${taken.map(({ flags }) => code(flags)).join(", ")} too.`];
}

/** Commander keeps what stands behind the help to itself; it only prints it. */
function examplesOf(command) {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return [...text.slice(text.lastIndexOf("Examples:")).matchAll(/^ {2}\$ (.*)$/gm)].map(([, example]) => example);
}

function exitCodes() {
  return [...exitCodesText().matchAll(/^ +(\d+) {2}(.*)$/gm)].map(([, number, meaning]) => [number, meaning]);
}
