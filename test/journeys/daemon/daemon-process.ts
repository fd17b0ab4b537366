import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How to start a daemon as a process of its own. */
export interface DaemonCommand {
  /** The compiled command line: `dist/bin/seglog.js`. */
  readonly main: string;
  /** Folder that holds the store and the socket's folder. */
  readonly folder: string;
  /** Where it listens; a place in the folder where unset. */
  readonly socket?: string;
  /** Where its store is; a place in the folder where unset. */
  readonly data?: string;
  /** What runs it, such as a tracer with its flags, before the command itself. It must not become a process between. */
  readonly under?: readonly string[];
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Put over its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Exit code, or the signal that ended a process. */
export type ProcessEnd = number | NodeJS.Signals;

const SERVES = "the daemon serves";

/** A daemon that runs as a process of its own, as `seglog serve` starts it. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #lines = new EventEmitter();
  /** Resolves once it has ended and everything that it wrote has been read. */
  readonly ended: Promise<ProcessEnd>;
  #log = "";

  /** Spawns it; `serving` says when it answers. */
  constructor(command: DaemonCommand) {
    const { under = [], nodeFlags = [], data = join(command.folder, "data"), socket = socketOf(command) } = command;
    const node = [process.execPath, ...nodeFlags, command.main, "serve", "--data", data, "--socket", socket];
    const [program = process.execPath, ...args] = [...under, ...node];
    this.#child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: environment(command) });
    this.ended = new Promise((resolve) => this.#child.once("close", (code, signal) => resolve(code ?? signal ?? 0)));
    this.#readLog();
  }

  /** Starts one, and resolves once it serves. */
  static async start(command: DaemonCommand): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(command);
    await daemon.serving();
    return daemon;
  }

  /** Its process id; undefined where it could not be spawned. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it has logged; complete once `ended` has resolved. */
  get log(): string {
    return this.#log;
  }

  /**
   * Resolves once it serves.
   *
   * @throws Error where it ended before
   */
  serving(): Promise<void> {
    return this.logged(SERVES);
  }

  /**
   * Resolves once a line with this text is in the log.
   *
   * @throws Error where it ended without
   */
  async logged(text: string): Promise<void> {
    while (!this.#log.includes(text)) {
      const isEnded = await Promise.race([this.ended.then(() => true), once(this.#lines, "line").then(() => false)]);
      if (!isEnded || this.#log.includes(text)) continue;
      throw new Error(`the daemon ended with ${await this.ended} before "${text}":\n${this.#log}`);
    }
  }

  /** Sends it a signal, and resolves once it has ended. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    this.#child.kill(signal);
    return this.ended;
  }

  #readLog(): void {
    const { stderr } = this.#child;
    if (stderr === null) throw new Error("the daemon has no standard error to read");
    createInterface(stderr).on("line", (line) => {
      this.#log += `${line}\n`;
      this.#lines.emit("line");
    });
  }
}

/** Where a daemon listens that works in a folder. */
export function socketOf({ folder }: Pick<DaemonCommand, "folder">): string {
  return join(folder, "run", "seglog.sock");
}

/** Nothing that the person who runs this has set for a daemon of their own; nor is their configuration file read. */
function environment({ folder, env }: DaemonCommand): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("SEGLOG_") && !name.startsWith("LISTEN_"));
  return { ...Object.fromEntries(others), XDG_CONFIG_HOME: folder, ...env };
}
