import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EntrySchema, RunResult } from "../../../gen/seglog/v1/entry_pb.js";
import { entryFacts } from "../../../src/model/entry-facts.js";
import { formatId, type SegmentId, type SessionId } from "../../../src/model/id.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import { openingOfFork } from "../../../src/model/opening.js";
import type { ForkOpening } from "../../../src/store/store-writes.js";

/** The n-th id; 0 is the lowest that there is. */
export function idOf(n: number): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, n);
  return formatId(bytes);
}

/** The n-th session. */
export function session(n: number): SessionId {
  return idOf(n) as SessionId; // idOf makes canonical ids
}

/** The n-th segment. */
export function segment(n: number): SegmentId {
  return idOf(n) as SegmentId; // likewise
}

/** What a user said. */
export function said(text: string): NewEntry {
  return entryOf({ case: "userInput", value: { pieces: [{ kind: { case: "text", value: text } }] } });
}

/** Some entries of one kind, each with a text of its own. */
export function saidTimes(count: number, prefix = "entry"): readonly NewEntry[] {
  return Array.from({ length: count }, (_, i) => said(`${prefix} ${i}`));
}

/** The end of a turn. */
export function turnEnd(turnCount: bigint): NewEntry {
  return entryOf({ case: "turnEnd", value: { turnCount } });
}

/** The end of a run. */
export function runCompleted(interrupted: boolean): NewEntry {
  return entryOf({ case: "runCompleted", value: { interrupted, result: RunResult.FINISHED } });
}

/** An entry with a time of the writer's own. */
export function saidAt(text: string, timeMs: number): NewEntry {
  const kind = { case: "userInput" as const, value: { pieces: [{ kind: { case: "text" as const, value: text } }] } };
  return entryFacts(toBinary(EntrySchema, create(EntrySchema, { kind, time: timestampFromMs(timeMs) })));
}

/** An entry of a kind that nobody knows yet, with an unknown field besides and output-only fields that a writer set. */
export function fromTheFuture(text: string): NewEntry {
  return entryFacts(
    new BinaryWriter()
      .tag(1, WireType.Varint)
      .uint64(4711n)
      .tag(2, WireType.Varint)
      .uint64(4712n)
      .tag(77, WireType.LengthDelimited)
      .string(text)
      .tag(1000, WireType.LengthDelimited)
      .string("unknown field")
      .finish(),
  );
}

/** The opening of a segment with a state of its own; its history goes on in `historyCount` entries. */
export function openingOf(sessionId: SessionId, historyCount = 0): readonly NewEntry[] {
  const start = entryOf({ case: "segmentStart", value: { sessionId, systemPrompt: "prompt" } });
  const more = Array.from({ length: historyCount }, () => entryOf({ case: "openingHistory", value: {} }));
  return [start, ...more];
}

/** The opening of a fork by reference. */
export const forkOpening: ForkOpening = openingOfFork;

function entryOf(kind: NonNullable<MessageInitShape<typeof EntrySchema>["kind"]>): NewEntry {
  return entryFacts(toBinary(EntrySchema, create(EntrySchema, { kind })));
}
