import type { Child } from "./child.js";
import type { DocCommand } from "./doc-commands.js";
import { maskedText } from "./masked-text.js";

/** Stands before the exit code of a command, on a line of its own. */
const END = "\u001e";
/** Stands in a page for what it does not show. */
const ANYTHING = "…";

/** Runs the commands of a page in one shell, one after the other, as a person would who pastes them. */
export class DocShell {
  readonly #shell: Child;

  /** @param shell a shell that reads its commands from a pipe */
  constructor(shell: Child) {
    this.#shell = shell;
  }

  /** Runs a command, and gives what is not as the page says; undefined where everything is. */
  async differs(told: DocCommand): Promise<string | undefined> {
    const { lines, exitCode } = staysOpen(told.command) ? await this.#runOpen(told) : await this.run(told.command);
    const printed = lines.map(maskedText);
    if (exitCode !== told.endsWith) return `ended with ${exitCode} instead of ${told.endsWith}: ${printed.join("\n")}`;
    if (told.prints === undefined) return undefined;
    const wanted = told.prints.map(maskedText);
    return isAs(printed, wanted) ? undefined : `printed\n${printed.join("\n")}\ninstead of\n${wanted.join("\n")}`;
  }

  /** Runs a command, and gives what it printed, to standard error too. */
  async run(command: string): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
    this.#write(`{ ${command}\n} 2>&1 </dev/null`);
    return this.#untilEnd();
  }

  /** Runs a command that does not end by itself, and stops it once it has printed what the page shows. */
  async #runOpen({
    command,
    prints = [],
    endsWith,
  }: DocCommand): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
    this.#write(`( exec ${command}\n) 2>&1 </dev/null &`);
    const lines: string[] = [];
    while (lines.length < prints.length) lines.push(await this.#line());
    this.#write("kill $!; wait $!");
    const rest = await this.#untilEnd();
    return { lines: [...lines, ...rest.lines], exitCode: endsWith };
  }

  #write(text: string): void {
    const end = text.endsWith("&") ? "" : `\nprintf '\\n${END}%s\\n' "$?"`;
    this.#shell.process.stdin?.write(`${text}${end}\n`);
  }

  async #untilEnd(): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      if (line.startsWith(END)) return { lines: withoutLastBlank(lines), exitCode: Number(line.slice(END.length)) };
      lines.push(line);
    }
  }

  async #line(): Promise<string> {
    const line = await this.#shell.line();
    if (line === undefined) throw new Error(`the shell ended: ${this.#shell.stderr}`);
    return line;
  }
}

/** A tail follows what comes, unless it is told to end. */
function staysOpen(command: string): boolean {
  return /\bseglog tail\b/.test(command) && !/--once|[|&]/.test(command);
}

function withoutLastBlank(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Whether lines are as the page has them. `…` on a line of its own stands for any lines, within one for any text. */
function isAs(printed: readonly string[], wanted: readonly string[]): boolean {
  const patterns = wanted.map((line) => (line === ANYTHING ? "(?:.*\n)*" : `${line.split(ANYTHING).map(literally).join(".*")}\n`));
  return new RegExp(`^${patterns.join("")}$`).test(printed.map((line) => `${line}\n`).join(""));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
