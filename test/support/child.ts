import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { onTestFinished } from "vitest";

/** A process that a test started; it is killed when the test is over. */
export class Child {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #end: Promise<number | NodeJS.Signals>;
  #stderr = "";

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    this.#lines = linesOf(this.process)[Symbol.asyncIterator]();
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.#end = new Promise((resolve) => this.process.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
    onTestFinished(() => void this.process.kill("SIGKILL"));
  }

  /** What it has written to standard error; complete once `ended` has resolved. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The next line of its standard output; undefined at the end. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  /** Exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals> {
    return this.#end;
  }
}

/** A Node process that runs the text of a module. */
export function nodeChild(module: string, options: SpawnOptions = {}): Child {
  return new Child(process.execPath, ["--input-type=module", "-e", module], options);
}

function linesOf({ stdout }: ChildProcess): Interface {
  if (stdout === null) throw new Error("the child has no standard output to read");
  return createInterface({ input: stdout });
}
