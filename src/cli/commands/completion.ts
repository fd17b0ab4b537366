import { Argument, type Command } from "commander";
import { command } from "../client-command.js";
import { bashScript } from "../completion/bash-script.js";
import { completionModel } from "../completion/completion-model.js";
import { fishScript } from "../completion/fish-script.js";
import { zshScript } from "../completion/zsh-script.js";
import { print } from "../output.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `seglog completion`: prints the script with which a shell completes what is typed, made from the commands themselves. */
export function completionCommand(program: Command): Command {
  return command({
    name: "completion",
    summary: "Print the script with which a shell completes commands, options and ids.",
    details: "Ids come from the daemon that the line names, or that the environment does.",
    examples: ["source <(seglog completion bash)", "seglog completion fish | source"],
  })
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => print(SCRIPTS[shell](completionModel(program))));
}
