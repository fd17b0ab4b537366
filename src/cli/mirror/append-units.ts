import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AppendStreamRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { ClientContext } from "../with-client.js";
import type { AppendedRuns, EntryRun } from "./mirror-copy.js";
import { unlessStalled } from "./stall-watch.js";
import { withoutPlace } from "./without-place.js";

type Unit = MessageInitShape<typeof AppendStreamRequestSchema>;

/** Most entries that an Append takes by default. */
const UNIT_ENTRIES_MAX = 1000;

/** Appends runs of entries to a daemon's store, pipelined: as much as one message of a tail brings is in flight. */
export class AppendUnits {
  readonly #context: ClientContext;

  constructor(context: ClientContext) {
    this.#context = context;
  }

  /**
   * Appends runs where their segments end just before them. A refusal, whatever it says, makes no end: who is given the
   * segment compares it, and meets what stands behind the refusal there.
   */
  async append(runs: readonly EntryRun[]): Promise<AppendedRuns> {
    const { client, signal } = this.#context;
    const units = [...unitsOf(runs)];
    const refused = new Set<string>();
    let answeredCount = 0;
    const answers = unlessStalled(signal, "the daemon of the copy", (watched) => client.appendStream(units, { signal: watched }));
    for await (const { correlationId, outcome } of answers) {
      answeredCount++;
      const segmentId = units[Number(correlationId)]?.append?.segmentId;
      if (outcome.case !== "appended" && segmentId !== undefined) refused.add(segmentId);
    }
    if (answeredCount !== units.length) throw new Error(`${answeredCount} of ${units.length} units of a stream were answered`);
    return { refused: [...refused], leftOutCounts: new Map() };
  }
}

function* unitsOf(runs: readonly EntryRun[]): Iterable<Unit> {
  let correlationId = 0n;
  for (const { place, entries } of runs) {
    for (let from = 0; from < entries.length; from += UNIT_ENTRIES_MAX) {
      const unit = entries.slice(from, from + UNIT_ENTRIES_MAX);
      const precondition = { entryCount: unit[0]?.index ?? 0n };
      yield {
        correlationId: correlationId++,
        append: { segmentId: place.segmentId, entries: unit.map(withoutPlace), precondition },
      };
    }
  }
}
