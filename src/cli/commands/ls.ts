import type { Command } from "commander";
import { type Segment, SegmentSchema, type Session, SessionSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { clientCommand } from "../client-command.js";
import { messageLine } from "../json-line.js";
import { allSessions, segmentsOf } from "../lists.js";
import { originText } from "../origin-text.js";
import { print } from "../output.js";
import { sizeText } from "../size-text.js";
import { type Column, tableLines } from "../table.js";
import { timeText } from "../time-text.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** `seglog ls`: lists sessions, or the segments of one. */
export function lsCommand(): Command {
  return clientCommand({
    name: "ls",
    summary: "List the sessions, or the segments of one, newest first.",
    examples: ["seglog ls", 'seglog ls "$SESSION" --json'],
  })
    .argument("[session]", "the session whose segments to list")
    .action(runLs);
}

function runLs(session: string | undefined, options: ClientOptions): Promise<void> {
  return withClient(options, (context) =>
    session === undefined ? listSessions(context, options) : listSegments(context, options, session),
  );
}

async function listSessions(context: ClientContext, { json }: ClientOptions): Promise<void> {
  if (json === true) return printEach(allSessions(context), (session) => messageLine(SessionSchema, session));
  await printTable(SESSION_COLUMNS, allSessions(context), sessionRow);
}

async function listSegments(context: ClientContext, { json }: ClientOptions, session: string): Promise<void> {
  // A list of an unknown session is empty; a person who typed its id wants to know.
  const { session: found } = await context.client.getSession({ sessionId: session }, { signal: context.signal });
  const segments = segmentsOf(context, found?.sessionId ?? session);
  if (json === true) return printEach(segments, (segment) => messageLine(SegmentSchema, segment));
  await printTable(SEGMENT_COLUMNS, segments, segmentRow);
}

async function printEach<Row>(rows: AsyncIterable<Row>, line: (row: Row) => string): Promise<void> {
  for await (const row of rows) await print(line(row));
}

async function printTable<Row>(columns: readonly Column[], rows: AsyncIterable<Row>, cells: (row: Row) => string[]): Promise<void> {
  const table: string[][] = [];
  for await (const row of rows) table.push(cells(row));
  for (const line of tableLines(columns, table)) await print(line);
}

const SESSION_COLUMNS: readonly Column[] = [
  { heading: "SESSION" },
  { heading: "SEGMENTS", isNumber: true },
  { heading: "ENTRIES", isNumber: true },
  { heading: "CREATED" },
  { heading: "LAST ENTRY" },
  { heading: "HEAD" },
];

function sessionRow(session: Session): string[] {
  const { sessionId, segmentCount, entryCount, createTime, updateTime, headSegmentId } = session;
  return [sessionId, String(segmentCount), String(entryCount), timeText(createTime), timeText(updateTime), headSegmentId || "-"];
}

const SEGMENT_COLUMNS: readonly Column[] = [
  { heading: "SEGMENT" },
  { heading: "ENTRIES", isNumber: true },
  { heading: "TURN", isNumber: true },
  { heading: "SIZE", isNumber: true },
  { heading: "LAST ENTRY" },
  { heading: "ORIGIN" },
];

function segmentRow(segment: Segment): string[] {
  const { segmentId, entryCount, turnCount, byteSize, updateTime } = segment;
  return [segmentId, String(entryCount), String(turnCount), sizeText(byteSize), timeText(updateTime), originText(segment)];
}
