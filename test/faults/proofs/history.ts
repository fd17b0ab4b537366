import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { MAIN } from "../compiled.js";
import { checkHistory } from "../history/check-history.js";
import { type MadeHistory, makeHistory } from "../history/load/run-history.js";
import { namePlanted, PLANTED } from "../history/planted/name-planted.js";
import { addHistory, type Tally } from "../history/tally.js";
import { keepHistory, printViolations } from "../history/tell-violations.js";
import { integerFlags } from "../integer-flags.js";
import { compileC } from "../machine/compile-c.js";
import { makeDisk } from "../machine/mounted-disk.js";
import { requireLoopDisks } from "../machine/requirements.js";
import { CannotRunError, type Proof } from "../proof.js";

/** Lets clients do everything at once while the daemon fails, and holds what they were told against every law. */
export const historyProof: Proof = {
  name: "history",
  title: "whatever clients do at once, and whatever fails meanwhile, what they are told breaks no law of the store",
  short: ["--histories", "4", "--cut-histories", "1", "--operations", "4000", "--faults", "6", "--planted", "1"],
  full: ["--histories", "50", "--cut-histories", "10", "--operations", "20000", "--faults", "12", "--planted", "5"],
  async run(flags) {
    const wanted = integerFlags(flags, { histories: 4, "cut-histories": 1, operations: 4000, faults: 3, planted: 1 });
    const cutHistories = mayCutPower() ? Math.min(wanted["cut-histories"], wanted.histories) : 0;
    if (cutHistories < wanted["cut-histories"] && process.env["CI"] === "true") process.exitCode = 1;
    const tally: Tally = new Map();
    const named = new Set<string>();
    let planted = 0;
    for (let i = 0; i < wanted.histories; i++) {
      const isCut = i >= wanted.histories - cutHistories;
      const seed = (wanted.seed + i) % 2 ** 32;
      const { history, ...made } = await runOne({ ...wanted, seed }, isCut);
      addHistory(tally, history);
      for (const [name, count] of Object.entries({ operations: made.turns, ...namesOf(made) }))
        tally.set(name, (tally.get(name) ?? 0) + count);
      const violations = checkHistory(history);
      if (violations.length > 0) {
        printViolations(violations);
        throw new Error(
          `a history breaks ${[...new Set(violations.map(({ law }) => law))].join(", ")}; it is kept in ${keepHistory(history, seed)}`,
        );
      }
      for (const { planted: what, isPlanted, named: laws } of i < wanted.planted ? namePlanted(history) : []) {
        if (!isPlanted) continue;
        planted++;
        if (!laws.includes(what.law)) {
          throw new Error(
            `${what.name}: ${what.law} was not named, but ${laws.join(", ") || "nothing"}; planted into ${keepHistory(history, seed)}`,
          );
        }
        named.add(what.name);
      }
      console.log(
        `history ${i + 1} of ${wanted.histories}, seed ${seed}${isCut ? ", with power cuts" : ""}: ${made.turns} operations, valid`,
      );
    }
    tally.set("violations planted, and named", planted);
    tally.set("kinds of them", named.size);
    tally.set("kinds that there are", PLANTED.length);
    console.log(figures(Object.fromEntries(tally)));
    if (named.size < PLANTED.length)
      throw new Error(
        `not planted anywhere: ${PLANTED.filter(({ name }) => !named.has(name))
          .map(({ name }) => name)
          .join("; ")}`,
      );
    const faults = `${tally.get("kills")} kills, ${tally.get("power cuts")} power cuts${cutHistories < wanted["cut-histories"] ? " (SKIPPED)" : ""}`;
    return `${wanted.histories} histories of ${wanted.operations} operations, ${faults}: valid; ${named.size} of ${PLANTED.length} planted violations named`;
  },
};

function namesOf({ kills, powerCuts, connectionsCut, repliesLost }: Omit<MadeHistory, "history">): Readonly<Record<string, number>> {
  return { kills, "power cuts": powerCuts, "connections cut": connectionsCut, "  with answers thrown away": repliesLost };
}

/** Histories without power cuts are made all the same, where the power cannot be cut. */
function mayCutPower(): boolean {
  try {
    requireLoopDisks();
    return true;
  } catch (error) {
    if (!(error instanceof CannotRunError)) throw error;
    console.log(`SKIPPED: power cuts; ${error.message}`);
    return false;
  }
}

async function runOne(
  { operations, faults, seed }: { readonly operations: number; readonly faults: number; readonly seed: number },
  isCut: boolean,
): Promise<MadeHistory> {
  let made: MadeHistory | undefined;
  await inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    const disk = isCut
      ? { path: join(folder, "disk"), mountPoint: join(folder, "mounted"), cutPower: await compileC("cut-power", folder) }
      : undefined;
    if (disk !== undefined) await makeDisk(disk.path);
    const command = { main: MAIN, folder, ...(disk && { data: join(disk.mountPoint, "data") }) };
    made = await makeHistory({ command, disk, operations, faults, seed });
    if (disk !== undefined) rmSync(disk.path);
  });
  if (made === undefined) throw new Error("no history was made");
  return made;
}
