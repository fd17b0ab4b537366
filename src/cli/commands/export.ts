import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { Session } from "../../../gen/seglog/v1/segment_pb.js";
import { idToUuid, parseSessionId } from "../../model/id.js";
import { flushFolder } from "../../store/flush.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { ExportProgress, type ExportTotals, totalsOf } from "../export/export-progress.js";
import { type ExportedSegment, exportSegment } from "../export/export-segment.js";
import { namespacesText } from "../export/namespaces-text.js";
import { makeOwnFolder } from "../export/own-folder.js";
import { wholeSessionId } from "../ids.js";
import { jsonLine } from "../json-line.js";
import { allSessions, segmentsOf } from "../lists.js";
import { note, print } from "../output.js";
import { ProgressLine } from "../progress-line.js";
import { tableLines } from "../table.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

interface ExportOptions extends ClientOptions {
  readonly out: string;
  /** Folder of a store to read instead of asking a daemon. */
  readonly fromStore?: string;
  readonly namespace?: string;
}

/** `seglog export`: writes sessions in the seed's JSONL layout. */
export function exportCommand(): Command {
  return clientCommand({
    name: "export",
    summary: "Export sessions in the JSONL layout of session stores.",
    details:
      "What a segment inherits is filled in; times are to the millisecond. What has no form there is counted and reported " +
      "on standard error; the exit code is 6 then. With --from-store it reads a store that no daemon has, which may be " +
      "damaged: what is intact is written, and what is not is listed in lost.jsonl beside it. The layout says nothing of " +
      "namespaces: export each by itself, and import it with a token of it.",
    examples: [
      "seglog export --out ./sessions",
      'seglog export "$SESSION" --out ./sessions',
      "seglog export --from-store ./store --out ./saved",
      "seglog export --namespace team-a --out ./team-a",
    ],
  })
    .argument("[session]", "the session to export, by its id or, of a daemon, the beginning of it (default: all)")
    .requiredOption("--out <dir>", "folder to export into; made where it is not there, files of the same names are replaced")
    .option("--from-store <dir>", "save what is intact of the store in a folder, without a daemon")
    .option("--namespace <name>", "only sessions of this namespace")
    .action(runExport);
}

async function runExport(session: string | undefined, options: ExportOptions): Promise<void> {
  const { fromStore, out, namespace, json = false } = options;
  if (fromStore === undefined) return exportFromDaemon(session, options);
  // Loaded only here: who asks a daemon does not need the store.
  const { runSalvage } = await import("../salvage/run-salvage.js");
  await runSalvage({ fromStore, out, json, namespace, sessionId: session === undefined ? undefined : parseSessionId(session) });
}

function exportFromDaemon(session: string | undefined, options: ExportOptions): Promise<void> {
  return withClient(options, async (context) => {
    const sessionId = session === undefined ? undefined : await wholeSessionId(context, session);
    const choose = () => chosenSessions(context, sessionId, options.namespace);
    const sessions = await choose();
    await mkdir(options.out, { recursive: true, mode: 0o700 });
    const out = await realpath(options.out);
    const namespaces = new Set<string>();
    const sum: ExportSum = { exported: 0, failed: 0, gone: 0, lines: 0, traceLines: 0, problems: 0 };
    const line = new ProgressLine();
    try {
      const progress = new ExportProgress(line, line.isShown ? await totalsOf(await choose()) : NO_TOTALS);
      for await (const { sessionId, namespaceId } of sessions) {
        namespaces.add(namespaceId);
        for await (const exported of exportSession(context, sessionId, { out, progress })) {
          if (exported.problems.length > 0 || options.json === true) line.clear();
          for (const problem of exported.problems) note(`${exported.file}: ${problem}`);
          if (options.json === true) await print(jsonLine(exported));
          addTo(sum, exported);
        }
        progress.sessionDone();
      }
    } finally {
      line.clear();
    }
    const text = namespacesText(namespaces);
    if (text !== undefined) note(text);
    await flushFolder(out);
    if (options.json !== true) for (const line of sumLines(sum)) await print(line);
    if (sum.problems > 0) throw new CommandError(EXIT.notWhole, `not everything could be exported; problems reported: ${sum.problems}`);
  });
}

/** Nobody sees them. */
const NO_TOTALS: ExportTotals = { sessionCount: 0, segmentCount: 0 };

/** What an export came to. */
interface ExportSum extends Record<ExportedSegment["outcome"], number> {
  lines: number;
  traceLines: number;
  problems: number;
}

function addTo(sum: ExportSum, { outcome, lineCount, traceLineCount, problems }: ExportedSegment): void {
  sum[outcome]++;
  sum.lines += lineCount;
  sum.traceLines += traceLineCount;
  sum.problems += problems.length;
}

/** A session that was asked for must be there, before anything is written. */
async function chosenSessions(
  context: ClientContext,
  session: string | undefined,
  namespace: string | undefined,
): Promise<Iterable<Session> | AsyncIterable<Session>> {
  if (session === undefined) return allSessions(context, namespace);
  const { session: found } = await context.client.getSession({ sessionId: session }, { signal: context.signal });
  return found === undefined || (namespace !== undefined && found.namespaceId !== namespace) ? [] : [found];
}

/** A session without segments leaves no folder: the layout has nothing to say of it. */
async function* exportSession(
  context: ClientContext,
  sessionId: string,
  { out, progress }: { readonly out: string; readonly progress: ExportProgress },
): AsyncGenerator<ExportedSegment, void, undefined> {
  const folder = join(out, idToUuid(parseSessionId(sessionId)));
  let isMade = false;
  for await (const segment of segmentsOf(context, sessionId)) {
    if (!isMade) await makeOwnFolder(folder);
    isMade = true;
    const exported = await exportSegment(context, segment, { folder, onEntry: (count) => progress.atEntry(count) });
    progress.segmentDone(exported.lineCount);
    yield exported;
  }
  if (isMade) await flushFolder(folder);
}

function sumLines(sum: Readonly<ExportSum>): string[] {
  const rows = [
    ["segments exported", sum.exported],
    ["segments not exported", sum.failed],
    ["entries written", sum.lines],
    ["trace records written", sum.traceLines],
    ["problems reported", sum.problems],
  ] as const;
  return tableLines(
    [{ heading: "" }, { heading: "", isNumber: true }],
    rows.map(([what, count]) => [what, String(count)]),
  );
}
