import type { Command } from "commander";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { type EntryPlace, parsePlace } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { entryLine } from "../entry-text.js";
import { EXIT } from "../exit-code.js";
import { type ExportedLine, logLines } from "../export/log-lines.js";
import { addFormatOption, type FormatOptions, formatOf } from "../formats.js";
import { messageLine } from "../json-line.js";
import { note, print } from "../output.js";
import { readLog } from "../read-log.js";
import { seedLine } from "../seed-line.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

interface ShowOptions extends ClientOptions, FormatOptions {}

/** `seglog show`: prints the entries of a segment's own log, or one of them. */
export function showCommand(): Command {
  const show = clientCommand({
    name: "show",
    summary: "Print the entries of a segment.",
    details: "Of its own log, not inherited ones; or one of them, as segment@index.",
    examples: ['seglog show "$SEGMENT"', 'seglog show "$SEGMENT@0" --format session-store'],
  });
  return addFormatOption(show.argument("<segment[@index]>", "the segment, or one of its entries", parsePlace)).action(runShow);
}

function runShow(place: EntryPlace, options: ShowOptions): Promise<void> {
  return withClient(options, (context) => {
    const format = formatOf(options);
    return format === "session-store" ? showLines(context, place) : showEntries(context, place, format);
  });
}

async function showEntries(context: ClientContext, { segmentId, index }: EntryPlace, format: "text" | "json"): Promise<void> {
  const range = index === undefined ? { segmentId } : { segmentId, fromIndex: index, limit: 1n };
  let shownCount = 0;
  for await (const entry of readLog(context, range)) {
    await print(format === "json" ? messageLine(EntrySchema, entry) : entryLine(entry));
    shownCount++;
  }
  if (index !== undefined && shownCount === 0) throw noSuchEntry(segmentId, index);
}

async function showLines(context: ClientContext, { segmentId, index }: EntryPlace): Promise<void> {
  let leftOutCount = 0;
  let isEmpty = true;
  for await (const exported of logLines(context, { segmentId, fromIndex: index ?? 0n })) {
    isEmpty = false;
    if (exported.line !== undefined) await print(seedLine(exported.line));
    else note(formless(exported));
    if (exported.line === undefined) leftOutCount++;
    if (index !== undefined) break;
  }
  if (index !== undefined && isEmpty) throw noSuchEntry(segmentId, index);
  if (leftOutCount > 0) throw new CommandError(EXIT.notWhole, `entries without a line in that form: ${leftOutCount}`);
}

function formless({ kind, entries }: ExportedLine): string {
  return `entry ${entries[0]?.index} of kind ${kind} has no form in that layout: left out`;
}

function noSuchEntry(segmentId: string, index: bigint): CommandError {
  return new CommandError(EXIT.notFound, `segment ${segmentId} has no entry with index ${index}`);
}
