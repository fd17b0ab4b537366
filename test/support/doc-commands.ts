import type { DocBlock } from "./doc-blocks.js";

/** A command of a page, and what the page says that it comes to. */
export interface DocCommand {
  readonly command: string;
  /** Lines of the page that it prints; undefined where the page does not show them. */
  readonly prints: readonly string[] | undefined;
  /** What `# ends with CODE` behind it says; 0 where nothing does. */
  readonly endsWith: number;
  /** Line of the page, from 1. */
  readonly line: number;
}

/**
 * The commands of a block. In `sh` every line is one, or goes on with the line behind its `\`. In `console` they begin with
 * `$ `, go on with `> `, and what they print follows.
 */
export function docCommands({ language, text, line }: DocBlock): DocCommand[] {
  const lines = text.trimEnd().split("\n");
  const groups: { readonly command: string[]; readonly prints: string[]; readonly line: number }[] = [];
  const isConsole = language === "console";
  lines.forEach((each, i) => {
    const last = groups.at(-1);
    const begins = isConsole ? each.startsWith("$ ") : each !== "" && last?.command.at(-1)?.endsWith("\\") !== true;
    if (begins) groups.push({ command: [isConsole ? each.slice(2) : each], prints: [], line: line + i });
    else if (last === undefined) throw new Error(`line ${line + i} is printed by no command; wanted one that begins with "$ "`);
    else if (isConsole && !each.startsWith("> ")) last.prints.push(each);
    else last.command.push(isConsole ? each.slice(2) : each);
  });
  return groups.map(({ command, prints, line }) => ({
    command: command.join("\n"),
    prints: isConsole ? prints : undefined,
    endsWith: Number(/# ends with (\d+)$/.exec(command.at(-1) ?? "")?.[1] ?? "0"),
    line,
  }));
}
