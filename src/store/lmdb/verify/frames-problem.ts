import { EntrySchema } from "../../../../gen/seglog/v1/entry_pb.js";
import { entryFrames } from "../../../model/entry-frames.js";
import { isSeglogError } from "../../../model/errors.js";
import { collectState } from "../../../model/replay/collect-state.js";
import { validateMessage } from "../../../model/wire/validate-message.js";
import { Violation } from "../../../model/wire/violation.js";
import { WireReader } from "../../../model/wire/wire-reader.js";
import type { EntriesRecord } from "../tables/feed.js";

/** What is wrong with a record's entries: at which index, and what. */
export interface FramesProblem {
  readonly index: number;
  readonly problem: string;
}

const INDEX = EntrySchema.field.index.number;
const POSITION = EntrySchema.field.position.number;

/**
 * Goes through a record's entries: as many as it says, each with its own index and position.
 *
 * @param replays whether each is also held to the contract, and replayed
 */
export function framesProblem(record: EntriesRecord, replays: boolean): FramesProblem | undefined {
  const { frames, firstIndex, position } = record;
  let index = firstIndex;
  try {
    for (const { bodyStart, end } of entryFrames(frames)) {
      const body = frames.subarray(bodyStart, end);
      const stamp = stampOf(body);
      if (stamp.index !== index) return { index, problem: `holds an entry that says index ${stamp.index}` };
      if (stamp.position !== position + index - firstIndex)
        return { index, problem: `holds an entry that says position ${stamp.position}` };
      if (replays) validateMessage(EntrySchema, body, "");
      index++;
    }
    if (replays) collectState(frames);
  } catch (error) {
    if (!(error instanceof Violation || isSeglogError(error))) throw error;
    return { index, problem: "holds an entry that is not of the contract" };
  }
  if (index - firstIndex !== record.count)
    return { index: firstIndex, problem: `holds ${index - firstIndex} entries, and says ${record.count}` };
  return undefined;
}

/** Of numbers that come twice the last one holds. */
function stampOf(body: Uint8Array): { readonly index: number | undefined; readonly position: number | undefined } {
  const reader = new WireReader(body);
  let index: number | undefined;
  let position: number | undefined;
  while (reader.at < body.length) {
    const tag = reader.tag(body.length);
    if (tag === INDEX * 8) index = reader.wide(reader.varint(body.length));
    else if (tag === POSITION * 8) position = reader.wide(reader.varint(body.length));
    else reader.skip(tag, body.length, 0);
  }
  return { index, position };
}
