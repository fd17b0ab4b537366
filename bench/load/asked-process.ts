import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { endChild } from "./bound-child.js";
import { cpuSecondsOf } from "./cpu-seconds.js";

/** What a child can be asked, by name. What goes over and comes back is copied as `structuredClone` copies. */
export type Answers = Readonly<Record<string, (...questions: never[]) => unknown>>;

interface Question {
  readonly name: string;
  readonly questions: readonly unknown[];
}

type Reply = { readonly answer: unknown } | { readonly error: string };

/** A child process of the bench that does what it is asked, one thing at a time. It ends when the bench does. */
export class AskedProcess<A extends Answers> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a module that calls `answerQuestions`. Its handlers' type says what it can be asked. */
  static async start<A extends Answers>(module: URL): Promise<AskedProcess<A>> {
    const child = fork(module, { serialization: "advanced" });
    await once(child, "message");
    return new AskedProcess(child);
  }

  /** Asks and waits for the answer. Fails as the child's function failed, or where the child ended meanwhile. */
  async ask<Name extends keyof A & string>(name: Name, ...questions: Parameters<A[Name]>): Promise<Awaited<ReturnType<A[Name]>>> {
    const said = await new Promise<Reply>((resolve, reject) => {
      const onExit = () => reject(new Error(`the child that was to ${name} has ended`));
      this.#child.once("exit", onExit);
      this.#child.once("message", (reply) => {
        this.#child.off("exit", onExit);
        resolve(reply as Reply); // answerQuestions sends nothing else
      });
      this.#child.send({ name, questions } satisfies Question);
    });
    if ("error" in said) throw new Error(said.error);
    return said.answer as Awaited<ReturnType<A[Name]>>; // of the function of that name
  }

  /** Seconds of processor time that it has used. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid);
  }

  /** Ends it. */
  stop(): Promise<void> {
    return endChild(this.#child, "SIGKILL");
  }
}

/** Makes this process answer the bench that started it, and end with it. */
export function answerQuestions(answers: Answers): void {
  const send = (reply: Reply) => process.send?.(reply);
  process.on("message", async ({ name, questions }: Question) => {
    try {
      send({ answer: await answers[name]?.(...(questions as never[])) }); // `ask` has matched them to the name
    } catch (error) {
      send({ error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
  process.send?.("ready");
}
