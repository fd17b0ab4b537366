import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { ProcessEnd } from "../daemon/daemon-process.js";

/** How a mirror is run. */
export interface MirrorCommand {
  /** The compiled command line. */
  readonly main: string;
  /** Socket of the source. */
  readonly socket: string;
  /** What `--to` says. */
  readonly to: string;
  /** Where it keeps its state, unless that lies in the copy. */
  readonly stateHome: string;
}

/** What a mirror that ended came to. */
export interface MirrorEnd {
  readonly end: ProcessEnd;
  readonly stderr: string;
}

/** A mirror as a process of its own, with what it tells. */
export class MirrorProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<MirrorEnd>;
  /** How often it told that the copy was durable up to a position. */
  keptCount = 0;
  readonly #lines = new EventEmitter();

  constructor({ main, socket, to, stateHome }: MirrorCommand, flags: readonly string[] = []) {
    const env = { PATH: process.env.PATH ?? "", HOME: stateHome, XDG_STATE_HOME: stateHome };
    const args = [main, "mirror", "--socket", socket, "--to", to, "--json", ...flags];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
    let stderr = "";
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    if (this.#child.stdout !== null) createInterface({ input: this.#child.stdout }).on("line", () => this.#tell());
    this.ended = new Promise((resolve) => this.#child.once("close", (code, signal) => resolve({ end: code ?? signal ?? 0, stderr })));
  }

  /** Resolves once it tells so again, or has ended. */
  async keepsAgain(): Promise<void> {
    await Promise.race([once(this.#lines, "kept"), this.ended]);
  }

  /** Kills it with SIGKILL, and resolves once it has ended. */
  kill(): Promise<MirrorEnd> {
    this.#child.kill("SIGKILL");
    return this.ended;
  }

  #tell(): void {
    this.keptCount++;
    this.#lines.emit("kept");
  }
}

/** A mirror that is killed and started again, and never to end by itself. */
export class RestartingMirror {
  readonly #command: MirrorCommand;
  #process: MirrorProcess;
  #keptBefore = 0;

  constructor(command: MirrorCommand) {
    this.#command = command;
    this.#process = new MirrorProcess(command);
  }

  /** See MirrorProcess; of all of them together. */
  get keptCount(): number {
    return this.#keptBefore + this.#process.keptCount;
  }

  /** See MirrorProcess. */
  keepsAgain(): Promise<void> {
    return this.#process.keepsAgain();
  }

  /** Kills it and starts another one. */
  async kill(): Promise<void> {
    await this.stop();
    this.#process = new MirrorProcess(this.#command);
  }

  /**
   * Kills it.
   *
   * @throws Error where it had ended by itself
   */
  async stop(): Promise<void> {
    const { end, stderr } = await this.#process.kill();
    this.#keptBefore += this.#process.keptCount;
    if (end !== "SIGKILL") throw new Error(`the mirror ended by itself with ${end}:\n${stderr}`);
  }
}
