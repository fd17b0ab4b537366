import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { idToUuid, parseSessionId } from "../../model/id.js";
import { flushFolder } from "../../store/flush.js";
import { DamagedPageError } from "../../store/lmdb/pages/damaged-page-error.js";
import { openSalvage, type Salvage } from "../../store/lmdb/salvage/open-salvage.js";
import { CommandError } from "../command-error.js";
import { counted, countText } from "../count-text.js";
import { EXIT } from "../exit-code.js";
import { namespacesText } from "../export/namespaces-text.js";
import { makeOwnFolder } from "../export/own-folder.js";
import { writeWholeFile } from "../export/whole-file.js";
import { jsonLine } from "../json-line.js";
import { note, print } from "../output.js";
import { withOwnStore } from "../own-store.js";
import { ProgressLine } from "../progress-line.js";
import { tableLines } from "../table.js";
import { type Loss, lossLine, lossText } from "./loss.js";
import { salvageSegment } from "./salvage-segment.js";
import { SalvagedEntries } from "./salvaged-entries.js";

/** The file beside the sessions' folders that lists what was lost. */
export const LOSSES_FILE = "lost.jsonl";

/** What to save, and where to. */
export interface SalvageOptions {
  /** Folder of the damaged store, which is left as it is. */
  readonly fromStore: string;
  readonly out: string;
  /** Only this session. */
  readonly sessionId: string | undefined;
  /** Only sessions of this one. */
  readonly namespace: string | undefined;
  readonly json: boolean;
}

/** Writes what is intact of a damaged store in the JSONL layout, and what is not into a list beside it. */
export async function runSalvage(options: SalvageOptions): Promise<void> {
  const losses = await withOwnStore(options.fromStore, async () => {
    const salvage = opened(options.fromStore);
    const line = new ProgressLine();
    try {
      return await save(salvage, options, line);
    } finally {
      line.clear();
      salvage.close();
    }
  });
  if (losses.length === 0) return;
  const list = join(options.out, LOSSES_FILE);
  throw new CommandError(EXIT.notWhole, `not everything was intact; ${losses.length} losses are listed in ${list}`);
}

function opened(dir: string): Salvage {
  try {
    return openSalvage(dir);
  } catch (error) {
    if (!(error instanceof DamagedPageError)) throw error;
    throw new CommandError(EXIT.notWhole, `nothing of the store in ${dir} can be read: ${error.message}`, error);
  }
}

async function save(salvage: Salvage, options: SalvageOptions, line: ProgressLine): Promise<readonly Loss[]> {
  await mkdir(options.out, { recursive: true, mode: 0o700 });
  const out = await realpath(options.out);
  const entries = new SalvagedEntries(salvage);
  const losses: Loss[] = salvage.fileProblems.map(ofFile);
  const sum = { segments: 0, lines: 0, traceLines: 0 };
  const folders = new Set<string>();
  const namespaces = new Set<string>();
  for (const segment of salvage.segments) {
    const { segmentId, namespace } = segment;
    const sessionId = segment.sessionId ?? entries.startOf(segmentId)?.sessionId;
    if (options.sessionId !== undefined && sessionId !== options.sessionId) continue;
    if (options.namespace !== undefined && namespace !== undefined && namespace !== options.namespace) continue;
    if (sessionId === undefined || sessionId === "" || (options.namespace !== undefined && namespace === undefined)) {
      const of = sessionId === undefined || sessionId === "" ? "session" : "namespace";
      losses.push({ sessionId, segmentId, of: "log", from: 0, to: undefined, reason: `nothing intact says which ${of} it is of` });
      continue;
    }
    if (namespace !== undefined) namespaces.add(namespace);
    const folder = join(out, idToUuid(parseSessionId(sessionId)));
    if (!folders.has(folder)) await makeOwnFolder(folder);
    folders.add(folder);
    const saved = await salvageSegment(salvage, segment, { entries, folder, sessionId });
    losses.push(...saved.losses);
    sum.segments++;
    sum.lines += saved.lineCount;
    sum.traceLines += saved.traceLineCount;
    line.show(`saving  ${countText(sum.segments)} of ${counted(salvage.segments.length, "segment")}, ${counted(sum.lines, "entry")}`);
    if (!options.json) continue;
    line.clear();
    await print(jsonLine(segmentRow({ sessionId, segmentId, namespace }, saved)));
  }
  line.clear();
  await tell(losses, out);
  const text = namespacesText(namespaces);
  if (text !== undefined) note(text);
  for (const folder of [...folders, out]) await flushFolder(folder);
  if (!options.json) for (const line of sumLines(sum, losses.length)) await print(line);
  return losses;
}

function segmentRow(
  { sessionId, segmentId, namespace }: { readonly sessionId: string; readonly segmentId: string; readonly namespace: string | undefined },
  { lineCount, traceLineCount, losses }: Awaited<ReturnType<typeof salvageSegment>>,
) {
  return { sessionId, segmentId, namespaceId: namespace ?? null, lineCount, traceLineCount, lossCount: losses.length };
}

function ofFile(reason: string): Loss {
  return { sessionId: undefined, segmentId: undefined, of: "file", from: undefined, to: undefined, reason };
}

async function tell(losses: readonly Loss[], out: string): Promise<void> {
  for (const loss of losses) note(lossText(loss));
  if (losses.length > 0) await writeWholeFile(out, LOSSES_FILE, lossLines(losses));
}

async function* lossLines(losses: readonly Loss[]): AsyncGenerator<string, void, undefined> {
  for (const loss of losses) yield lossLine(loss);
}

function sumLines(sum: { readonly segments: number; readonly lines: number; readonly traceLines: number }, lossCount: number): string[] {
  const rows = [
    ["segments saved", sum.segments],
    ["entries written", sum.lines],
    ["trace records written", sum.traceLines],
    ["losses listed", lossCount],
  ] as const;
  return tableLines(
    [{ heading: "" }, { heading: "", isNumber: true }],
    rows.map(([what, count]) => [what, String(count)]),
  );
}
