import { toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import {
  OnConflict,
  type SaveDeltaRequest,
  SaveDeltaRequestSchema,
  SaveDeltaResponseSchema,
  SegmentService,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFacts } from "../model/entry-facts.js";
import { entryTooLarge, invalidField } from "../model/errors.js";
import { parseSegmentId } from "../model/id.js";
import { ENTRY_SLACK_BYTES } from "../model/limits.js";
import type { NewEntry } from "../model/new-entry.js";
import { entryOfItem } from "../model/replay/classify-item.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { AppendParams, AppendResult } from "../store/store-writes.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { forkOpening } from "./opening.js";
import { preconditionOf } from "./points.js";
import { answerOnce, recallAnswer } from "./remembered.js";

const method = SegmentService.method.saveDelta;

/** Appends new items of a history: each becomes an assistant item or a tool result; user messages are skipped. */
export async function saveDelta(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(SaveDeltaRequestSchema, bytes);
  const segmentId = parseSegmentId(request.segmentId);
  const entries = entriesOf(deps, request);
  const skippedCount = BigInt(request.items.length - entries.length);
  const retryable = { method, requestId: request.requestId, request: bytes };
  if (entries.length === 0) {
    const answered = await recallAnswer(deps, retryable);
    if (answered !== undefined) return answered;
    const { entryCount, headPosition } = await deps.store.getSegment(segmentId);
    return encode(SaveDeltaResponseSchema, {
      segmentId,
      entryCount: BigInt(entryCount),
      headPosition: BigInt(headPosition),
      skippedCount,
    });
  }

  const params: AppendParams = {
    segmentId,
    entries,
    precondition: preconditionOf(request.precondition),
    onConflict:
      request.onConflict === OnConflict.FORK
        ? { fork: true, newSegmentId: parseSegmentId(deps.newId()), opening: forkOpening }
        : { fork: false },
  };
  const encodeAnswer = (result: AppendResult) =>
    encode(SaveDeltaResponseSchema, {
      segmentId: result.segmentId,
      entryCount: BigInt(result.entryCount),
      savedCount: BigInt(entries.length),
      skippedCount,
      forked: result.forked,
      firstIndex: BigInt(result.firstIndex),
      headPosition: BigInt(result.headPosition),
    });
  return answerOnce(retryable, encodeAnswer, (remember) => deps.store.append(params, remember));
}

function entriesOf({ limits }: ServiceDeps, { items }: SaveDeltaRequest): readonly NewEntry[] {
  if (items.length > limits.appendEntriesMax) {
    throw invalidField("items", `has ${items.length} items, not ${limits.appendEntriesMax} at most`);
  }
  const bytesMax = limits.entryBytesMax + ENTRY_SLACK_BYTES;
  const entries: NewEntry[] = [];
  for (const [i, item] of items.entries()) {
    const entry = entryOfItem(item);
    if (entry === undefined) continue;
    const bytes = toBinary(EntrySchema, entry);
    if (bytes.length > bytesMax) throw entryTooLarge(`items[${i}]`, bytes.length, limits.entryBytesMax);
    entries.push(entryFacts(bytes));
  }
  return entries;
}
