import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { jsonLine } from "../json-line.js";
import { print } from "../output.js";
import { loadOwnConfig } from "../setting-options.js";
import { tableLines } from "../table.js";
import { examineDataFolder } from "./data-folder.js";
import type { Diagnosis, Examination } from "./diagnosis.js";
import { examineFileSystem } from "./file-system.js";
import { examineFlock } from "./flock.js";
import { examineLimits } from "./limits.js";
import { examineNode } from "./node.js";
import { examineReaders } from "./readers.js";
import { examineSocket } from "./socket.js";
import { examineSpace } from "./space.js";
import { examineStore } from "./store.js";

/** What the doctor looks at, in this order. */
const EXAMINATIONS: readonly (readonly [name: string, examine: Examination])[] = [
  ["node", examineNode],
  ["flock", examineFlock],
  ["limits", examineLimits],
  ["data folder", examineDataFolder],
  ["file system", examineFileSystem],
  ["space", examineSpace],
  ["store", examineStore],
  ["readers", examineReaders],
  ["socket", examineSocket],
];

/**
 * Looks at what a daemon that is started the same way would meet with, and prints a line for each.
 *
 * @throws CommandError where a daemon would not run well
 */
export async function runDoctor(flags: Readonly<Record<string, unknown>> & { readonly json?: boolean }): Promise<void> {
  const { config } = loadOwnConfig(flags);
  const found: (readonly [name: string, diagnosis: Diagnosis])[] = [];
  for (const [name, examine] of EXAMINATIONS) found.push([name, await examine(config)]);
  const lines =
    flags.json === true
      ? found.map(([name, { verdict, says }]) => jsonLine({ name, verdict, says }))
      : tableLines(
          [{ heading: "" }, { heading: "" }, { heading: "" }],
          found.map(([name, { verdict, says }]) => [verdict, name, says]),
        );
  for (const line of lines) await print(line);
  const failed = found.filter(([, { verdict }]) => verdict === "fail").map(([name]) => name);
  if (failed.length > 0) throw new CommandError(EXIT.failed, `not well: ${failed.join(", ")}`);
}
