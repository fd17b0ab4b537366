import type { Entry } from "../../../../gen/seglog/v1/entry_pb.js";
import type { Attempt, Head, Operation, Read, SeenEntry, Tail } from "../history.js";

/** An operation that is under way. */
export type OpenOperation = Omit<Operation, "attempts"> & { readonly attempts: Attempt[] };

/** Writes down what clients ask for and are told, with the time. */
export class Recorder {
  readonly operations: OpenOperation[] = [];
  readonly reads: Read[] = [];
  readonly tails: Tail[] = [];
  readonly #start = process.hrtime.bigint();

  /** Now, in nanoseconds of the monotonic clock since it began. */
  nowNs(): number {
    return Number(process.hrtime.bigint() - this.#start);
  }

  /** Notes an operation; its attempts come as they end. */
  begin(operation: Omit<Operation, "attempts">): OpenOperation {
    const open = { ...operation, attempts: [] };
    this.operations.push(open);
    return open;
  }
}

/** An entry as it was shown. */
export function seenEntry(segmentId: string, entry: Entry): SeenEntry {
  const { index, position, kind } = entry;
  const value = textOf(kind);
  const base = kind.case === "segmentStart" ? kind.value.base : undefined;
  return {
    segmentId,
    index: Number(index),
    position: Number(position),
    ...(value !== undefined && { value }),
    ...(base !== undefined && { base: { segmentId: base.segmentId, entryCount: Number(base.entryCount) } }),
  };
}

/** Figures of a segment as numbers. */
export function headOf(figures: { readonly entryCount: bigint; readonly headPosition: bigint }): Head {
  return { entryCount: Number(figures.entryCount), headPosition: Number(figures.headPosition) };
}

function textOf(kind: Entry["kind"]): string | undefined {
  switch (kind.case) {
    case "userInput": {
      const piece = kind.value.pieces[0]?.kind;
      return piece?.case === "text" ? piece.value : undefined;
    }
    case "systemItem":
      return kind.value.body;
    case "assistantItem":
    case "toolResult": {
      const item = kind.value.item?.kind;
      if (item?.case === "toolOutput") return item.value.callId;
      const part = item?.case === "message" ? item.value.content[0]?.kind : undefined;
      return part?.case === "text" ? part.value : undefined;
    }
    default:
      return undefined;
  }
}
