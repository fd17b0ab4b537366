import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchCase } from "./bench-case.js";
import { BENCH_CASES } from "./cases.js";
import { environmentLine } from "./environment.js";
import { PROFILE_FOLDER_VARIABLE } from "./load/processes.js";
import { writePlots } from "./plots/write-plots.js";
import type { Row } from "./row.js";
import { rowLines } from "./table.js";

/*
 * npm run bench [-- --quick] [--only TEXT] [--json FILE] [--plots FOLDER] [--from FILE] [--cpu-prof FOLDER]
 *
 * Measures seglog beside its floors and what people would use instead, each several times in turn, and prints medians. With
 * --from it measures nothing, and prints and draws what --json wrote in an earlier run. With --cpu-prof each daemon leaves
 * a profile of itself in a folder, and is somewhat slower.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "string" },
    plots: { type: "string" },
    from: { type: "string" },
    "cpu-prof": { type: "string" },
  },
});
const runs = options.quick ? 3 : 5;
if (options["cpu-prof"] !== undefined) process.env[PROFILE_FOLDER_VARIABLE] = options["cpu-prof"];
const workFolder = mkdtempSync(join(tmpdir(), "seglog-bench-"));
process.on("exit", () => rmSync(workFolder, { recursive: true, force: true }));

const rows = options.from === undefined ? await measuredRows() : readRows(options.from);
writeRows(rows);
if (options.plots !== undefined) console.log(`drawn: ${writePlots(rows, options.plots).join(", ") || "nothing, for want of rows"}`);

async function measuredRows(): Promise<readonly Row[]> {
  console.log(environmentLine());
  console.log(`medians of ${runs} runs in turn, least and greatest in brackets; ratios run by run\n`);
  const measured: Row[] = [];
  for (const benchCase of BENCH_CASES.filter(isWanted)) {
    measured.push(...(await runCase(benchCase)));
    writeRows(measured); // who stops a long run keeps what there is
  }
  return measured;
}

function writeRows(measured: readonly Row[]): void {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(measured, undefined, 2)}\n`);
}

function readRows(file: string): readonly Row[] {
  const read = JSON.parse(readFileSync(file, "utf8")) as readonly Row[]; // --json wrote it
  for (const line of read.flatMap(rowLines)) console.log(line);
  return read;
}

function isWanted({ name, isQuick }: BenchCase): boolean {
  if (options.only !== undefined) return name.includes(options.only);
  return isQuick || !options.quick;
}

/** Prints each row as it comes, and a case that fails as a line: the others are worth having all the same. */
async function runCase(benchCase: BenchCase): Promise<readonly Row[]> {
  const folder = join(workFolder, benchCase.name.replaceAll(/\W+/g, "-"));
  mkdirSync(folder);
  console.log(benchCase.name);
  try {
    const context = { isQuick: options.quick, runs, folder, note: (line: string) => console.log(`    ${line}`) };
    const measured = await benchCase.run(context);
    for (const line of measured.flatMap(rowLines)) console.log(line);
    return measured;
  } catch (error) {
    console.log(`    failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    console.log();
  }
}
