import type { Session } from "../../../gen/seglog/v1/segment_pb.js";
import { counted, countText } from "../count-text.js";
import type { ProgressLine } from "../progress-line.js";

/** How much there is to export, as far as is known. */
export interface ExportTotals {
  readonly sessionCount: number;
  readonly segmentCount: number;
}

/** How much the sessions are that are to be exported. */
export async function totalsOf(sessions: Iterable<Session> | AsyncIterable<Session>): Promise<ExportTotals> {
  const totals = { sessionCount: 0, segmentCount: 0 };
  for await (const { segmentCount } of sessions) {
    totals.sessionCount++;
    totals.segmentCount += Number(segmentCount);
  }
  return totals;
}

/** Tells a progress line how far an export is. */
export class ExportProgress {
  #sessionCount = 0;
  #segmentCount = 0;
  #entryCount = 0;

  constructor(
    readonly line: Pick<ProgressLine, "isShown" | "show">,
    readonly totals: ExportTotals,
  ) {}

  /** So many entries of the segment under way are written. */
  atEntry(count: number): void {
    if (!this.line.isShown) return;
    const { sessionCount, segmentCount } = this.totals;
    const sessions = `${countText(this.#sessionCount)} of ${counted(sessionCount, "session")}`;
    const segments = `${countText(this.#segmentCount)} of ${counted(segmentCount, "segment")}`;
    this.line.show(`exporting  ${sessions}, ${segments}, ${counted(this.#entryCount + count, "entry")}`);
  }

  /** A segment is done, which had so many entries. */
  segmentDone(entryCount: number): void {
    this.#segmentCount++;
    this.#entryCount += entryCount;
    this.atEntry(0);
  }

  /** A session is done. */
  sessionDone(): void {
    this.#sessionCount++;
    this.atEntry(0);
  }
}
