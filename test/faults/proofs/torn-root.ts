import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import { type CommitPair, tornFile, writeCommitPair } from "../load/commit-pair.js";
import { findState, LossError } from "../load/find-state.js";
import { readStore } from "../load/read-store.js";
import { ROOT_BYTES } from "../machine/root-page.js";
import { showProgress } from "../progress.js";
import type { Proof } from "../proof.js";

/** Tears the write of a root at each of its bytes: in the way that a disk may, and in the one that no disk should. */
export const tornRootProof: Proof = {
  name: "torn-root",
  title: "a root that is torn at any byte opens at the state before or behind it, or is refused; never at a wrong value",
  short: ["--every", "16"],
  full: ["--every", "1"],
  async run(flags) {
    const { every, seed } = integerFlags(flags, { every: 1 });
    const beginnings = noStates();
    const ends = noStates();
    await inTemporaryFolder(async (folder) => {
      for (const carries of [false, true]) {
        const pair = await writeCommitPair(join(folder, carries ? "carries" : "ordinary"), { seed, carries });
        for (let at = 0; at < ROOT_BYTES; at += every) {
          showProgress("byte", at, ROOT_BYTES);
          beginnings[await openTorn(join(folder, "torn"), pair, { from: 0, to: at })]++;
          ends[await openTorn(join(folder, "torn"), pair, { from: at, to: ROOT_BYTES })]++;
        }
      }
    });
    const tears = Object.values(beginnings).reduce((sum, count) => sum + count, 0);
    console.log(
      figures({
        "only the first bytes written": tears,
        ...rows(beginnings),
        "only the last bytes written": tears,
        ...Object.fromEntries(Object.entries(rows(ends)).map(([name, count]) => [`${name} `, count])),
      }),
    );
    if (beginnings.older + beginnings.crashed > 0)
      throw new LossError("a root of which the first bytes were written lost what was acknowledged");
    return `${2 * tears} tears, 0 wrong values; the first bytes alone lose nothing, the last alone ${ends.older} times the newest commits`;
  },
};

/** What came of opening a store: at which state, or how it was not opened. */
interface States {
  before: number;
  behind: number;
  /** One that lies further back. */
  older: number;
  refused: number;
  crashed: number;
}

function noStates(): States {
  return { before: 0, behind: 0, older: 0, refused: 0, crashed: 0 };
}

function rows(states: States): Record<string, number> {
  return Object.fromEntries(Object.entries(states).map(([name, count]) => [`  ${name}`, count]));
}

/** @throws LossError where the store opens at a state that never was */
async function openTorn(folder: string, pair: CommitPair, part: { readonly from: number; readonly to: number }): Promise<keyof States> {
  mkdirSync(join(folder, "data"), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "data", "data.mdb"), tornFile(pair, part));
  const daemon = new DaemonProcess({ main: MAIN, folder });
  try {
    const end = await Promise.race([daemon.serving().then(() => undefined), daemon.ended]).catch(() => daemon.ended);
    if (end !== undefined) return typeof end === "number" ? "refused" : "crashed";
    const stored = await readStore(socketOf({ folder }));
    const count = findState(pair.writer, stored, { least: 0, most: pair.stepsBefore + 1 });
    return count > pair.stepsBefore ? "behind" : count === pair.stepsBefore ? "before" : "older";
  } catch (error) {
    console.error(`with bytes ${part.from} to ${part.to} of the root written:`);
    throw error;
  } finally {
    await daemon.end("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}
