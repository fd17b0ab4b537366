import assert from "node:assert/strict";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type AppendRequestSchema, type AppendResponse, OnConflict } from "../../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../../src/client/client-error.js";
import type { Connection } from "./connection.js";
import type { Counts } from "./counts.js";
import { type AcknowledgedUnit, entriesThatSay, unitTexts } from "./unit.js";

/** What a writer does in a race. */
export interface WriterTask {
  /** Its number. */
  readonly writer: number;
  /** Units to append. */
  readonly appends: number;
  /** The segment that everybody races on. */
  readonly segmentId: string;
  /** What it does about a conflict: read again and try again, or let it become a branch and come back. */
  readonly onConflict: "retry" | "fork";
  /** Begins the request ids of its appends; without one it sends none. */
  readonly requestIdPrefix: string | undefined;
  readonly connection: Connection;
  /** Added to. */
  readonly counts: Counts;
  readonly onAcknowledged?: () => void;
}

/** The raced segment as a writer knows it. */
interface Head {
  readonly entryCount: bigint;
  readonly headPosition: bigint;
}

/** An append that was not refused, and when it was first sent. */
interface Answer {
  readonly response: AppendResponse;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** Appends every unit of a writer, one after another, each until it is acknowledged. */
export async function appendAll(task: WriterTask): Promise<AcknowledgedUnit[]> {
  const units: AcknowledgedUnit[] = [];
  let head = await headOf(task);
  for (let counter = 0; counter < task.appends; counter++) {
    const texts = unitTexts({ writer: task.writer, counter });
    for (let attempt = 0; ; attempt++) {
      const answer = await appendOnce(task, { name: `${counter}.${attempt}`, texts, head });
      if (answer instanceof SegmentClientError) {
        task.counts.conflicts++;
        head = await readOn(task, head, answer);
        task.counts.retries++;
        continue;
      }
      units.push(acknowledged(task, { name: `${task.writer}:${counter}`, texts, head, answer }));
      head = answer.response.forked ? await headOf(task) : answer.response;
      break;
    }
  }
  return units;
}

/** @returns the answer, or the conflict where it was refused */
async function appendOnce(
  task: WriterTask,
  unit: { readonly name: string; readonly texts: readonly string[]; readonly head: Head },
): Promise<Answer | SegmentClientError> {
  const { entryCount, headPosition } = unit.head;
  const request: MessageInitShape<typeof AppendRequestSchema> = {
    segmentId: task.segmentId,
    entries: entriesThatSay(unit.texts),
    precondition: { entryCount, headPosition },
    onConflict: task.onConflict === "fork" ? OnConflict.FORK : OnConflict.FAIL,
    requestId: task.requestIdPrefix === undefined ? "" : `${task.requestIdPrefix}.${task.writer}.${unit.name}`,
  };
  const sentMs = performance.now();
  for (let unknownOutcomes = 0; ; unknownOutcomes++) {
    try {
      const response = await task.connection.client.append(request);
      assert(!response.replayed || unknownOutcomes > 0, "an append that was sent once got the answer of another");
      if (response.replayed) task.counts.replays++;
      return { response, sentMs, answeredMs: performance.now() };
    } catch (error) {
      if (error instanceof SegmentClientError && error.reason === "HEAD_MISMATCH") return error;
      await task.connection.reconnect(error);
      task.counts.unknownOutcomes++;
    }
  }
}

function acknowledged(
  { counts, onAcknowledged }: WriterTask,
  unit: { readonly name: string; readonly texts: readonly string[]; readonly head: Head; readonly answer: Answer },
): AcknowledgedUnit {
  const { response, sentMs, answeredMs } = unit.answer;
  counts.acknowledged++;
  counts.entries += unit.texts.length;
  if (response.forked) {
    counts.conflicts++;
    counts.branches++;
  }
  onAcknowledged?.();
  return {
    name: unit.name,
    texts: unit.texts,
    believedCount: Number(unit.head.entryCount),
    segmentId: response.segmentId,
    firstIndex: Number(response.firstIndex),
    entryCount: Number(response.entryCount),
    headPosition: Number(response.headPosition),
    isForked: response.forked,
    sentMs,
    answeredMs,
  };
}

async function headOf({ connection, segmentId }: WriterTask): Promise<Head> {
  const { segment } = await connection.read((client) => client.getSegment({ segmentId }));
  assert(segment !== undefined, "GetSegment answered without a segment");
  return segment;
}

/** Reads what a writer has missed, as one does that has to know what it answers to. */
async function readOn({ connection, segmentId }: WriterTask, head: Head, conflict: SegmentClientError): Promise<Head> {
  const missed = await connection.read(async (client) => {
    const entries = [];
    for await (const page of client.readEntries({ segmentId, fromIndex: head.entryCount })) entries.push(...page.entries);
    return entries;
  });
  const last = missed.at(-1);
  assert(last !== undefined, "a writer was refused, and has missed nothing");
  assert(last.position >= BigInt(conflict.metadata["head_position"] ?? -1), "a read does not see the head that a refusal told of");
  return { entryCount: last.index + 1n, headPosition: last.position };
}
