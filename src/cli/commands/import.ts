import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { findSegments } from "../import/find-segments.js";
import { daemonLimits } from "../import/import-limits.js";
import { problemText } from "../import/import-problem.js";
import { ImportProgress } from "../import/import-progress.js";
import { type ImportedSegment, importSegment } from "../import/import-segment.js";
import { jsonLine } from "../json-line.js";
import { note, print } from "../output.js";
import { ProgressLine } from "../progress-line.js";
import { tableLines } from "../table.js";
import { type ClientOptions, withClient } from "../with-client.js";

/** `seglog import`: brings in a folder in the seed's JSONL layout. */
export function importCommand(): Command {
  return clientCommand({
    name: "import",
    summary: "Import a folder in the JSONL layout of session stores.",
    details:
      "Reads <session>/<segment>.jsonl and .trace.jsonl. What is there already is compared, what is missing is added. " +
      "What does not come in as it stands is reported by file and line on standard error; the exit code is 6 then.",
    examples: ["seglog import ./sessions", "seglog import ./sessions --json"],
  })
    .argument("<dir>", "the folder with the sessions' folders")
    .action(runImport);
}

function runImport(folder: string, options: ClientOptions): Promise<void> {
  return withClient(options, async (context) => {
    await checkFolder(folder);
    const limits = await daemonLimits(context);
    const sum = new ImportSum();
    const line = new ProgressLine();
    const progress = new ImportProgress(line);
    try {
      for await (const files of findSegments(folder)) {
        const imported = await importSegment(context, files, { limits, onEntry: (count) => progress.atEntry(count) });
        if (imported.problems.length > 0 || options.json === true) line.clear();
        for (const problem of imported.problems) note(problemText(problem));
        if (options.json === true) await print(importedLine(imported));
        sum.add(imported);
        progress.segmentDone();
      }
    } finally {
      line.clear();
    }
    if (options.json !== true) for (const line of sum.lines()) await print(line);
    if (sum.problemCount > 0)
      throw new CommandError(EXIT.notWhole, `not everything came in as it stood; problems reported: ${sum.problemCount}`);
  });
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw new CommandError(EXIT.notFound, `there is no folder ${folder}`);
  if (!found.isDirectory()) throw new CommandError(EXIT.usage, `${folder} is no folder; wanted the one with the sessions' folders`);
}

function importedLine({ addedCount, entryCount, ...rest }: ImportedSegment): string {
  const problems = rest.problems.map(({ file, line, problem }) => ({ file, line: line ?? null, problem }));
  return jsonLine({ ...rest, addedCount: String(addedCount), entryCount: entryCount === undefined ? null : String(entryCount), problems });
}

/** What the import of many segments came to. */
class ImportSum {
  readonly #segments = { added: 0, unchanged: 0, leftOut: 0 };
  #addedCount = 0n;
  #traceAddedCount = 0;
  problemCount = 0;

  add({ outcome, addedCount, traceAddedCount, problems }: ImportedSegment): void {
    this.#segments[outcome]++;
    this.#addedCount += addedCount;
    this.#traceAddedCount += traceAddedCount;
    this.problemCount += problems.length;
  }

  lines(): string[] {
    const rows = [
      ["segments with entries added", this.#segments.added],
      ["segments unchanged", this.#segments.unchanged],
      ["segments left out", this.#segments.leftOut],
      ["entries added", this.#addedCount],
      ["trace records added", this.#traceAddedCount],
      ["problems reported", this.problemCount],
    ] as const;
    return tableLines(
      [{ heading: "" }, { heading: "", isNumber: true }],
      rows.map(([what, count]) => [what, String(count)]),
    );
  }
}
