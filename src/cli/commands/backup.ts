import { resolve } from "node:path";
import type { Command } from "commander";
import { BackupPhase, type BackupProgress, type BackupResult, BackupResultSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { type CopyStep, copyProgressText } from "../copy-progress.js";
import { EXIT } from "../exit-code.js";
import { messageLine } from "../json-line.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { ProgressLine } from "../progress-line.js";
import { sizeText } from "../size-text.js";
import { pairLines } from "../table.js";
import { type AdminContext, type ClientOptions, withAdminClient } from "../with-client.js";

/** `seglog backup`: has the daemon copy its store into a file, as it runs. */
export function backupCommand(): Command {
  return clientCommand({
    name: "backup",
    summary: "Copy the store into a file, while the daemon serves.",
    details:
      "The file is on the daemon's machine; it must not be there yet. It has everything that was acknowledged before, is " +
      "checked and flushed, and is there whole or not at all. `restore-backup` makes a store of it again.",
    examples: ["seglog backup ./monday.seglog", 'seglog backup "/backups/$(date +%F).seglog" --json'],
  })
    .argument("<file>", "the file to make")
    .action(runBackup);
}

function runBackup(file: string, options: ClientOptions): Promise<void> {
  return withAdminClient(options, async (context) => {
    const result = await backUp(context, resolve(file));
    const lines = options.json === true ? [messageLine(BackupResultSchema, result)] : pairLines(resultPairs(result), paintOf(options));
    for (const line of lines) await print(line);
  });
}

async function backUp({ client, signal }: AdminContext, path: string): Promise<BackupResult> {
  const line = new ProgressLine();
  try {
    for await (const { event } of client.backup({ path }, { signal })) {
      if (event.case === "result") return event.value;
      if (event.case === "progress") line.show(copyProgressText(stepOf(event.value)));
    }
  } finally {
    line.clear();
  }
  throw new CommandError(EXIT.failed, "the daemon ended the backup without a result");
}

function stepOf({ phase, doneBytes, totalBytes }: BackupProgress): CopyStep {
  return { phase: PHASE_NAMES[phase], doneBytes: Number(doneBytes), totalBytes: Number(totalBytes) };
}

const PHASE_NAMES = {
  [BackupPhase.UNSPECIFIED]: "copying",
  [BackupPhase.COPYING]: "copying",
  [BackupPhase.VERIFYING]: "verifying",
  [BackupPhase.FLUSHING]: "flushing",
} as const satisfies Record<BackupPhase, string>;

function resultPairs({ path, byteSize, headPosition, storeId }: BackupResult): (readonly [string, string])[] {
  return [
    ["backup", path],
    ["size", sizeText(byteSize)],
    ["head position", String(headPosition)],
    ["store", storeId],
  ];
}
