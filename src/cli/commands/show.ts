import type { Command } from "commander";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { type EntryPlace, parsePlace } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { LogDrawing } from "../draw/log-drawing.js";
import { addFullOption, type DrawOptions, penOf } from "../draw/pen.js";
import { EXIT } from "../exit-code.js";
import { type ExportedLine, logLines } from "../export/log-lines.js";
import { addFormatOption, type FormatOptions, formatOf } from "../formats.js";
import { wholeSegmentId } from "../ids.js";
import { messageLine } from "../json-line.js";
import { note, print } from "../output.js";
import { readLog } from "../read-log.js";
import { seedLine } from "../seed-line.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

interface ShowOptions extends ClientOptions, FormatOptions, DrawOptions {}

/** `seglog show`: prints the entries of a segment's own log, or one of them. */
export function showCommand(): Command {
  const show = clientCommand({
    name: "show",
    summary: "Print the entries of a segment.",
    details: "Of its own log, not inherited ones; or one of them, as segment@index.",
    examples: ['seglog show "$SEGMENT"', 'seglog show "$SEGMENT@0" --format session-store'],
  });
  const segment = "the segment, by its id or the beginning of it, or one of its entries";
  return addFullOption(addFormatOption(show.argument("<segment[@index]>", segment, parsePlace))).action(runShow);
}

function runShow({ segmentId: typed, index }: EntryPlace, options: ShowOptions): Promise<void> {
  const format = formatOf(options);
  return withClient(options, async (context) => {
    const place = { segmentId: await wholeSegmentId(context, typed), index };
    if (format === "session-store") return showLines(context, place);
    const drawing = new LogDrawing(penOf(options));
    const linesOf = (entry: Entry) => (format === "json" ? [messageLine(EntrySchema, entry)] : drawing.entryLines(entry, place));
    await showEntries(context, place, linesOf);
  });
}

async function showEntries(
  context: ClientContext,
  { segmentId, index }: EntryPlace,
  linesOf: (entry: Entry) => readonly string[],
): Promise<void> {
  const range = index === undefined ? { segmentId } : { segmentId, fromIndex: index, limit: 1n };
  let shownCount = 0;
  for await (const entry of readLog(context, range)) {
    for (const line of linesOf(entry)) await print(line);
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
  return new CommandError(EXIT.notFound, `segment ${segmentId} has no entry with index ${index}`, undefined, [
    `seglog show ${segmentId} shows those that it has`,
  ]);
}
