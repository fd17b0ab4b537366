import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EntryBatchesSchema, EntryBatchSchema, TailResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { concatenated } from "../model/wire/concatenated.js";
import { fieldHead } from "../model/wire/wire-writer.js";
import type { FeedEvent } from "../store/feed.js";
import type { EntryRun } from "../store/store-reads.js";
import type { TailStep } from "../tail/follow.js";
import { encode } from "./encode.js";

/** Messages of steps that several tails take. The tails are of one scope, so their tokens are the same. */
const entriesMessages = new WeakMap<TailStep, Uint8Array>();

/** A step of a tail as the message that is sent. Entries go in as they are stored. */
export function tailMessage(step: TailStep, resumeToken: string, nowMs: number): Uint8Array {
  const position = BigInt(step.position);
  switch (step.type) {
    case "entries": {
      const message = entriesMessages.get(step) ?? entriesMessage(step.runs, encode(TailResponseSchema, { resumeToken, position }));
      entriesMessages.set(step, message);
      return message;
    }
    case "event":
      return encode(TailResponseSchema, { resumeToken, position, event: eventOf(step.event) });
    case "caughtUp":
      return encode(TailResponseSchema, { resumeToken, position, event: { case: "caughtUp", value: {} } });
    case "heartbeat":
      return encode(TailResponseSchema, { resumeToken, position, event: { case: "heartbeat", value: { time: timestampFromMs(nowMs) } } });
    default:
      return step satisfies never;
  }
}

function eventOf(event: FeedEvent): NonNullable<MessageInitShape<typeof TailResponseSchema>["event"]> {
  switch (event.type) {
    case "segmentTruncated":
      return { case: "segmentTruncated", value: { segmentId: event.segmentId, entryCount: BigInt(event.entryCount) } };
    case "segmentDeleted":
      return { case: "segmentDeleted", value: { segmentId: event.segmentId } };
    case "sessionDeleted":
      return { case: "sessionDeleted", value: { sessionId: event.sessionId } };
    default:
      return event satisfies never;
  }
}

/** The frames are copied once, into the message that all who follow are sent. */
function entriesMessage(runs: readonly EntryRun[], around: Uint8Array): Uint8Array {
  const batches = batchesOf(runs).flatMap((batch) => {
    const { sessionId, segmentId } = batch[0];
    const content = [encode(EntryBatchSchema, { sessionId, segmentId }), ...batch.map(({ frames }) => frames)];
    return [fieldHead(EntryBatchesSchema.field.batches.number, bytesOf(content)), ...content];
  });
  return concatenated([around, fieldHead(TailResponseSchema.field.entries.number, bytesOf(batches)), ...batches]);
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** Neighbouring runs of one segment share a batch. */
function batchesOf(runs: readonly EntryRun[]): readonly [EntryRun, ...EntryRun[]][] {
  const batches: [EntryRun, ...EntryRun[]][] = [];
  for (const run of runs) {
    const batch = batches.at(-1);
    if (batch !== undefined && batch[0].segmentId === run.segmentId) batch.push(run);
    else batches.push([run]);
  }
  return batches;
}
