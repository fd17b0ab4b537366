import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkBeforeOpening } from "../../../src/store/lmdb/check-before-opening.js";
import { DamagedStoreError } from "../../../src/store/lmdb/damaged-store-error.js";
import { DATA_FILE } from "../../../src/store/lmdb/engine.js";

import { NewerFormatError } from "../../../src/store/lmdb/tables/store-meta.js";
import { DEEP } from "../../../src/store/lmdb/verify/scope.js";
import { verifyStore } from "../../../src/store/lmdb/verify/verify-store.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { type BaseStore, makeBaseStores } from "../damage/base-stores.js";
import { DAMAGES } from "../damage/damages.js";
import { LOST, LOST_SOMEWHERE } from "../damage/read-everything.js";
import { ReaderChild } from "../damage/reader-child.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";

/** What became of the damaged files of one kind. */
interface Tally {
  files: number;
  /** Found by the look that `serve` takes. */
  refused: number;
  /** Found by it, and in values only, so that the rest could be served. */
  allowed: number;
  /** Not found by it: harmless, or found out when it is read. */
  served: number;
  /** Of all, found by `verify --deep`. */
  foundDeep: number;
  answers: number;
  lost: number;
}

/** Damages files in many ways, and asks each store everything. */
export const damagedFilesProof: Proof = {
  name: "damaged-files",
  title: "of a damaged file every answer is right or DATA_LOSS, or the store is refused; it ends no daemon, and is left as it is",
  short: ["--files", "150"],
  full: ["--files", "1000"],
  async run(flags) {
    const { files, first, seed } = integerFlags(flags, { files: 1000, first: 0 });
    const tallies = new Map<string, Tally>();
    await inTemporaryFolder(async (folder) => {
      const stores = await makeBaseStores(folder);
      const child = new ReaderChild();
      const names = Object.keys(DAMAGES);
      try {
        for (let i = first; i < first + files; i++) {
          const name = names[i % names.length] ?? "";
          const store = stores[Math.floor(i / names.length) % stores.length];
          if (store === undefined) throw new Error("there is no store to damage");
          await damageOne({ name, store, seed, number: i, dir: join(folder, "damaged"), child, tally: tallyOf(tallies, name) });
        }
      } finally {
        child.end();
      }
    });
    for (const [name, tally] of tallies)
      console.log(
        `${name.padEnd(34)}${Object.entries(tally)
          .map(([what, count]) => `${what} ${count}`.padEnd(16))
          .join("")}`,
      );
    const sum = [...tallies.values()].reduce(
      (a, b) => ({ answers: a.answers + b.answers, lost: a.lost + b.lost, refused: a.refused + b.refused }),
      { answers: 0, lost: 0, refused: 0 },
    );
    console.log(
      figures({
        "files damaged": files,
        "refused at start": sum.refused,
        "answers read": sum.answers,
        "of them DATA_LOSS": sum.lost,
        "wrong answers": 0,
      }),
    );
    return `${files} files: ${sum.refused} refused at start, ${sum.answers} answers, ${sum.lost} of them DATA_LOSS, 0 wrong, 0 processes ended`;
  },
};

async function damageOne(trial: {
  readonly name: string;
  readonly store: BaseStore;
  readonly seed: number;
  readonly number: number;
  readonly dir: string;
  readonly child: ReaderChild;
  readonly tally: Tally;
}): Promise<void> {
  const { name, store, seed, number, dir, child, tally } = trial;
  const damaged =
    DAMAGES[name]?.({ bytes: Buffer.from(store.bytes), older: store.older, random: seededRandom(seed + number) }) ?? Buffer.alloc(0);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { mode: 0o700 });
  const file = join(dir, DATA_FILE);
  writeFileSync(file, damaged);
  const fail = (what: string) => new Error(`${name} of "${store.name}", again with --seed ${seed} --first ${number} --files 1: ${what}`);

  tally.files++;
  if (damaged.length > 0 && isFoundDeep(dir)) tally.foundDeep++;
  const look = quickLook(dir);
  if (look === "refused") tally.refused++;
  else if (damaged.length > 0) {
    const { answers, end } = await child.look(dir, store.asked, false);
    if (answers === undefined) throw fail(`the store was let open, and then: ${end}`);
    for (const [question, truth] of Object.entries(store.truth)) {
      const answer = answers[question];
      tally.answers++;
      if (answer === LOST) tally.lost++;
      else if (answer === LOST_SOMEWHERE) throw fail(`"${question}" is lost, and nobody says where`);
      else if (answer !== truth && !(look === "allowed" && isAbsent(question, answer)))
        throw fail(`"${question}" is answered wrongly: ${answer} instead of ${truth}`);
    }
    tally[look]++;
  }
  if (!sameFile(file, damaged)) throw fail("the file was changed");
  if (look === "served" && damaged.length > 0) {
    const { answers, end } = await child.look(dir, store.asked, true);
    if (answers === undefined) throw fail(`the store was written to, and then: ${end}`);
  }
}

/** Where an operator has allowed damage in keys, things may be missing from lists, and not be found; they are never others. */
function isAbsent(question: string, answer: string | undefined): boolean {
  if (answer === undefined || /^[A-Z_]+$/.test(answer)) return true;
  return !question.startsWith("entry ") && !question.startsWith("log ") && !question.startsWith("head ");
}

function quickLook(dir: string): "refused" | "allowed" | "served" {
  try {
    const report = checkBeforeOpening(dir, { isAfterCrash: false, allowDamaged: true });
    return report !== undefined && report.findingCount > 0 ? "allowed" : "served";
  } catch (error) {
    if (error instanceof DamagedStoreError || error instanceof NewerFormatError) return "refused";
    throw error;
  }
}

function isFoundDeep(dir: string): boolean {
  try {
    return verifyStore(dir, { ...DEEP, replays: false }).findingCount > 0;
  } catch (error) {
    if (error instanceof NewerFormatError) return true;
    throw error;
  }
}

function sameFile(file: string, bytes: Buffer): boolean {
  const digest = (of: Buffer) => createHash("sha1").update(of).digest("hex");
  return digest(readFileSync(file)) === digest(bytes);
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? { files: 0, refused: 0, allowed: 0, served: 0, foundDeep: 0, answers: 0, lost: 0 };
  tallies.set(name, tally);
  return tally;
}
