import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { MAIN } from "../compiled.js";
import { ROOT_BYTES, rootsOf } from "../machine/root-page.js";
import type { SessionWriter } from "./session-writer.js";
import { Trial } from "./trial.js";

/** Transactions that a store has had before a pair is taken, at least. */
const TRANSACTIONS_LEAST = 40;

/** A number carries here: its lowest byte begins anew. */
const CARRY = 256;

/** A data file before a commit and behind it. */
export interface CommitPair {
  readonly writer: SessionWriter;
  /** Steps of the writer that are in the file before the commit; the commit is the step behind them. */
  readonly stepsBefore: number;
  readonly before: Buffer;
  readonly behind: Buffer;
}

/** Writes until there has been a commit of one append whose number carries from its lowest byte, or of one that does not. */
export async function writeCommitPair(folder: string, { seed, carries }: { seed: number; carries: boolean }): Promise<CommitPair> {
  mkdirSync(folder);
  const trial = new Trial({ seed, writers: 1 });
  const [writer] = trial.writers;
  if (writer === undefined) throw new Error("a trial of one writer has one");
  const daemon = await DaemonProcess.start({ main: MAIN, folder });
  try {
    for (;;) {
      const [stepsBefore, before] = [writer.steps.length, dataFile(folder)];
      await trial.work(socketOf({ folder }), 1);
      const behind = dataFile(folder);
      const { transaction } = rootsOf(behind)[0];
      const isOne = transaction === rootsOf(before)[0].transaction + 1 && writer.steps.at(-1)?.operation.kind === "append";
      // The two roots are written in turn, so that of two commits either may carry.
      const isWanted = transaction >= TRANSACTIONS_LEAST && transaction % CARRY < 2 === carries;
      if (isOne && isWanted) return { writer, stepsBefore, before, behind };
    }
  } finally {
    await daemon.end("SIGKILL");
  }
}

/** The data file behind the commit, with only the bytes `from` to `to` of its root written. */
export function tornFile({ before, behind }: CommitPair, { from, to }: { readonly from: number; readonly to: number }): Buffer {
  const { at } = rootsOf(behind)[0];
  const torn = Buffer.from(behind);
  before.copy(torn, at, at, at + ROOT_BYTES);
  behind.copy(torn, at + from, at + from, at + to);
  return torn;
}

function dataFile(folder: string): Buffer {
  return readFileSync(join(folder, "data", "data.mdb"));
}
