import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Answers, Asked } from "./read-everything.js";

const PROGRAM = fileURLToPath(new URL("./reader-process.js", import.meta.url));

/** Damage ends a process with other signals. */
const FROM_OUTSIDE = "SIGTERM";

/** What a look at a store came to. */
export interface Look {
  /** Undefined where the process ended, or could not go on. */
  readonly answers: Answers | undefined;
  /** How, then. */
  readonly end: string;
}

/** A process that reads stores; where one ends it, the next look has another. */
export class ReaderChild {
  #child: ChildProcess | undefined;

  /** Opens a store in the process, asks it everything and, where asked to, writes to it. */
  async look(dir: string, asked: Asked, writes: boolean): Promise<Look> {
    const first = await this.#lookOnce(dir, asked, writes);
    if (!first.end.endsWith(FROM_OUTSIDE)) return first;
    console.log(`${first.end}, which nothing in it sends: somebody did; it is asked again`);
    return this.#lookOnce(dir, asked, writes);
  }

  async #lookOnce(dir: string, asked: Asked, writes: boolean): Promise<Look> {
    const child = this.#running();
    child.send({ dir, asked, writes });
    const answered = new AbortController();
    const answer = once(child, "message", { signal: answered.signal }).then(
      ([message]) => message as { answers?: Answers; error?: string },
    );
    const ended = once(child, "exit", { signal: answered.signal }).then(([code, signal]) => ({
      error: `its process ended with ${signal ?? code}`,
    }));
    const first: { readonly answers?: Answers; readonly error?: string } = await Promise.race([answer, ended]);
    answered.abort();
    await Promise.allSettled([answer, ended]);
    if (first.answers === undefined) this.end();
    return { answers: first.answers, end: first.error ?? "" };
  }

  end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  #running(): ChildProcess {
    this.#child ??= fork(PROGRAM, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    return this.#child;
  }
}
