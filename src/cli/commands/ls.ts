import type { Command } from "commander";
import { type Segment, SegmentSchema, type Session, SessionSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { DEFAULT_NAMESPACE } from "../../model/caller.js";
import { clientCommand } from "../client-command.js";
import { wholeSessionId } from "../ids.js";
import { messageLine } from "../json-line.js";
import { allSessions, segmentsOf } from "../lists.js";
import { originText } from "../origin-text.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { sizeText } from "../size-text.js";
import { type Column, tableLines } from "../table.js";
import { timeText } from "../time-text.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** `seglog ls`: lists sessions, or the segments of one. */
export function lsCommand(): Command {
  return clientCommand({
    name: "ls",
    summary: "List the sessions, or the segments of one, newest first.",
    examples: ['seglog ls "$SESSION" --json', "seglog ls --namespace team-a"],
  })
    .argument("[session]", "the session whose segments to list, by its id or the beginning of it")
    .option("--namespace <name>", "only sessions of this namespace")
    .action(runLs);
}

type LsOptions = ClientOptions & { readonly namespace?: string };

function runLs(session: string | undefined, options: LsOptions): Promise<void> {
  return withClient(options, (context) =>
    session === undefined ? listSessions(context, options) : listSegments(context, options, session),
  );
}

async function listSessions(context: ClientContext, { json, color, namespace }: LsOptions): Promise<void> {
  const sessions = allSessions(context, namespace);
  if (json === true) return printEach(sessions, (session) => messageLine(SessionSchema, session));
  const found: Session[] = [];
  for await (const session of sessions) found.push(session);
  // Where there is none but the default one, nobody needs to know that there could be others.
  const isNamed = found.some(({ namespaceId }) => namespaceId !== DEFAULT_NAMESPACE);
  const columns = isNamed ? [...SESSION_COLUMNS, { heading: "NAMESPACE" }] : SESSION_COLUMNS;
  const rows = found.map((session) => (isNamed ? [...sessionRow(session), session.namespaceId] : sessionRow(session)));
  for (const line of tableLines(columns, rows, paintOf({ color }))) await print(line);
}

async function listSegments(context: ClientContext, { json, color }: ClientOptions, typed: string): Promise<void> {
  const sessionId = await wholeSessionId(context, typed);
  // A list of an unknown session is empty; a person who typed its id wants to know.
  const { session: found } = await context.client.getSession({ sessionId }, { signal: context.signal });
  const segments = segmentsOf(context, found?.sessionId ?? sessionId);
  if (json === true) return printEach(segments, (segment) => messageLine(SegmentSchema, segment));
  const rows: string[][] = [];
  for await (const segment of segments) rows.push(segmentRow(segment));
  for (const line of tableLines(SEGMENT_COLUMNS, rows, paintOf({ color }))) await print(line);
}

async function printEach<Row>(rows: AsyncIterable<Row>, line: (row: Row) => string): Promise<void> {
  for await (const row of rows) await print(line(row));
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
