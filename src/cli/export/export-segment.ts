import { join } from "node:path";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import { SegmentClientError } from "../../client/client-error.js";
import { idToUuid, parseSegmentId } from "../../model/id.js";
import { following } from "../following.js";
import { LOG_SUFFIX, TRACE_SUFFIX } from "../layout.js";
import type { ClientContext } from "../with-client.js";
import { logLines } from "./log-lines.js";
import { traceLines } from "./trace-lines.js";
import { writeWholeFile } from "./whole-file.js";

/** What the export of one segment came to. */
export interface ExportedSegment {
  readonly sessionId: string;
  readonly segmentId: string;
  /** Of the log. */
  readonly file: string;
  /** `failed` where no log could be written, `gone` where the segment was deleted meanwhile. */
  readonly outcome: "exported" | "failed" | "gone";
  readonly lineCount: number;
  readonly traceLineCount: number;
  /** How many entries of each kind were left out. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** What there is to report, in words. */
  readonly problems: readonly string[];
}

/** Times that a log which is cut back while it is read is read again. */
const TRIES_MAX = 5;

/** How a segment is exported. */
export interface ExportSettings {
  /** Its session's folder. */
  readonly folder: string;
  /** Is told how many entries have been written; from 1 again where the log is read again. */
  readonly onEntry: (count: number) => void;
}

/** Writes the log of one segment, and its trace where it has one, into its session's folder. */
export async function exportSegment(
  context: ClientContext,
  segment: Segment,
  { folder, onEntry }: ExportSettings,
): Promise<ExportedSegment> {
  const { sessionId, segmentId } = segment;
  const name = idToUuid(parseSegmentId(segmentId));
  const place = { sessionId, segmentId, file: join(folder, name + LOG_SUFFIX) };
  for (let tries = 1; ; tries++) {
    try {
      const { lineCount, leftOut } = await writeLog(context, segmentId, { folder, name: name + LOG_SUFFIX, onEntry });
      const trace = await writeTrace(context, segmentId, { folder, name: name + TRACE_SUFFIX });
      const problems = [
        ...leftOutTexts(leftOut),
        ...(trace.leftOutCount === 0 ? [] : [`trace records without a form in this layout, left out: ${trace.leftOutCount}`]),
      ];
      return { ...place, outcome: "exported", lineCount, traceLineCount: trace.lineCount, leftOut, problems };
    } catch (error) {
      const { reason, message } = error instanceof SegmentClientError ? error : {};
      if (reason === "SEGMENT_CHANGED" && tries < TRIES_MAX) continue;
      const nothing = { ...place, lineCount: 0, traceLineCount: 0, leftOut: {} };
      if (reason === "SEGMENT_NOT_FOUND") return { ...nothing, outcome: "gone", problems: [] };
      if (reason === "CHECKSUM_MISMATCH" || reason === "SEGMENT_CHANGED")
        return { ...nothing, outcome: "failed", problems: [`not exported: ${message}`] };
      throw error;
    }
  }
}

interface File {
  readonly folder: string;
  readonly name: string;
}

async function writeLog(
  context: ClientContext,
  segmentId: string,
  { folder, name, onEntry }: File & Pick<ExportSettings, "onEntry">,
): Promise<{ lineCount: number; leftOut: Record<string, number> }> {
  const leftOut: Record<string, number> = {};
  let lineCount = 0;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    for await (const { line, kind } of logLines(context, { segmentId })) {
      if (line === undefined) {
        leftOut[kind] = (leftOut[kind] ?? 0) + 1;
        continue;
      }
      onEntry(++lineCount);
      yield line;
    }
  }
  await writeWholeFile(folder, name, lines());
  return { lineCount, leftOut };
}

/** Without records no file is written: most segments have no trace. */
async function writeTrace(
  context: ClientContext,
  segmentId: string,
  { folder, name }: File,
): Promise<{ lineCount: number; leftOutCount: number }> {
  let leftOutCount = 0;
  let lineCount = 0;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    for await (const line of traceLines(context, segmentId)) {
      if (line === undefined) leftOutCount++;
      else {
        lineCount++;
        yield line;
      }
    }
  }
  const written = lines();
  const first = await written.next();
  if (first.done !== true) await writeWholeFile(folder, name, following(first.value, written));
  return { lineCount, leftOutCount };
}

function leftOutTexts(leftOut: Readonly<Record<string, number>>): string[] {
  return Object.entries(leftOut).map(([kind, count]) => `entries of kind ${kind} without a form in this layout, left out: ${count}`);
}
