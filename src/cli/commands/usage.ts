import type { Command } from "commander";
import { clientCommand } from "../client-command.js";
import { jsonLine } from "../json-line.js";
import { allSessions } from "../lists.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { askedSession } from "../sessions.js";
import { readUsage } from "../usage/read-usage.js";
import type { SegmentUsage, SessionUsage } from "../usage/usage.js";
import { type UsageRow, usageJson, usageTable } from "../usage/usage-table.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** `seglog usage`: adds up the tokens that were logged. */
export function usageCommand(): Command {
  return clientCommand({
    name: "usage",
    summary: "Add up the tokens of model requests, by session or by segment.",
    details:
      "Of one session: each segment's own, and all along the path to each head that no fork inherits whole. A compaction inherits nothing. " +
      "Cached tokens are among those of the input.",
    examples: ["seglog usage", 'seglog usage "$SESSION" --json'],
  })
    .argument("[session]", "the session; the beginning of its id is enough (default: all, a line each)")
    .action(runUsage);
}

function runUsage(typed: string | undefined, options: ClientOptions): Promise<void> {
  return withClient(options, async (context) => {
    if (typed === undefined) return ofAllSessions(context, options);
    const session = await askedSession(context, typed);
    if (session === undefined) return;
    const { sessionId } = session;
    const usage = await readUsage(context, sessionId);
    for (const line of options.json === true ? jsonLines(sessionId, usage) : textLines(usage, options)) await print(line);
  });
}

async function ofAllSessions(context: ClientContext, options: ClientOptions): Promise<void> {
  const rows: UsageRow[] = [];
  for await (const { sessionId } of allSessions(context)) {
    const { total } = await readUsage(context, sessionId);
    if (options.json === true) await print(jsonLine({ scope: "session", sessionId, ...usageJson(total) }));
    else rows.push({ name: sessionId, usage: total });
  }
  if (options.json !== true) for (const line of usageTable("SESSION", rows, paintOf(options))) await print(line);
}

function textLines({ segments, heads, total }: SessionUsage, options: ClientOptions): string[] {
  const paint = paintOf(options);
  return [
    ...usageTable("SEGMENT", [...segments.map(named), { name: "total", usage: total }], paint),
    "",
    ...usageTable("PATH TO HEAD", heads.map(named), paint),
  ];
}

function named({ segmentId, usage }: SegmentUsage): UsageRow {
  return { name: segmentId, usage };
}

function jsonLines(sessionId: string, { segments, heads, total }: SessionUsage): string[] {
  return [
    ...segments.map(({ segmentId, usage }) => jsonLine({ scope: "segment", segmentId, ...usageJson(usage) })),
    ...heads.map(({ segmentId, usage }) => jsonLine({ scope: "path", segmentId, ...usageJson(usage) })),
    jsonLine({ scope: "session", sessionId, ...usageJson(total) }),
  ];
}
