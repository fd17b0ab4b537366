import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileC } from "./compile-c.js";

/** Whom a kill takes: all processes, or the one alone whose change it was. */
export type Victims = "all" | "one";

/** Kills processes at the changes that they make to a folder. */
export class ChangeKiller {
  readonly #shim: string;
  readonly #countFile: string;

  private constructor(shim: string, countFile: string) {
    this.#shim = shim;
    this.#countFile = countFile;
  }

  /** Compiles it into a folder. */
  static async make(folder: string): Promise<ChangeKiller> {
    return new ChangeKiller(await compileC("kill-at-change", folder, "-shared", "-fPIC", "-ldl"), join(folder, "changes"));
  }

  /**
   * The environment of a process that is to be killed right before its change of that number, of those to paths that begin
   * with `under`; 0 only counts.
   */
  env(under: string, at: number, victims: Victims): Record<string, string> {
    writeFileSync(this.#countFile, Buffer.alloc(BigInt64Array.BYTES_PER_ELEMENT));
    return {
      LD_PRELOAD: this.#shim,
      KILL_UNDER: under,
      KILL_COUNT: this.#countFile,
      KILL_AT: String(at),
      KILL_ALL: victims === "all" ? "1" : "0",
    };
  }

  /** How many changes there have been since. */
  get count(): number {
    return Number(readFileSync(this.#countFile).readBigInt64LE());
  }
}
