import { setImmediate as nextTurn } from "node:timers/promises";
import type { Code } from "../../gen/google/rpc/code_pb.js";
import { AppendRequestSchema, AppendStreamResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { STATUS_CODE_OF_REASON } from "../contract/status-code.js";
import { parseAppendStreamRequest } from "../model/append-stream-request.js";
import { isSeglogError } from "../model/errors.js";
import { parseId, type SegmentId } from "../model/id.js";
import { STREAM_WINDOW_BYTES, STREAM_WINDOW_UNITS } from "../model/limits.js";
import { fieldOccurrences } from "../model/wire/field-occurrences.js";
import { StreamFence } from "../store/stream-fence.js";
import { appendUnit } from "./append.js";
import { encodeAppended } from "./append-answer.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import type { MessageGroups } from "./handlers.js";
import { OrderedWindow } from "./ordered-window.js";
import { untilStopping } from "./until-stopping.js";

/**
 * Appends many units over one stream: each a transaction of its own, pipelined, answered in order, those that came
 * together together. When the daemon stops, the units that were taken are answered, and the stream ends with DRAINING.
 */
export async function* appendStream(deps: ServiceDeps, requests: MessageGroups): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const answers: Answers = new OrderedWindow({ count: STREAM_WINDOW_UNITS, bytes: STREAM_WINDOW_BYTES });
  void takeUnits(deps, requests, answers);
  for await (const settling of answers) {
    const settled = await settling;
    const given: Uint8Array[] = [];
    for (const answer of settled) {
      if (answer.status === "rejected") break;
      given.push(answer.value);
    }
    if (given.length > 0) yield given;
    // What nobody foresaw ends the stream, behind the answers to the units before it.
    const failed = settled[given.length];
    if (failed?.status === "rejected") throw failed.reason;
  }
}

/** What becomes of units that were begun together. */
type Answers = OrderedWindow<Promise<readonly PromiseSettledResult<Uint8Array>[]>>;

/** Most units that are begun in one go: others get their turn between. */
const UNITS_TOGETHER_MAX = STREAM_WINDOW_UNITS / 2;

/** Hands the units over in their order, as long as their answers are fetched. */
async function takeUnits(deps: ServiceDeps, requests: MessageGroups, answers: Answers): Promise<void> {
  const fence = new StreamFence();
  let unit = 0;
  try {
    for await (const group of untilStopping(requests, deps.stopping)) {
      for (let from = 0; from < group.length; from += UNITS_TOGETHER_MAX) {
        if (from > 0) await nextTurn();
        if (answers.isEnded) return;
        const together = group.slice(from, from + UNITS_TOGETHER_MAX);
        const settling = Promise.allSettled(together.map((request) => answerUnit(deps, request, { fence, unit: unit++ })));
        await answers.push(settling, { count: together.length, bytes: together.reduce((sum, { length }) => sum + length, 0) });
      }
    }
    answers.end();
  } catch (error) {
    answers.end(error);
  }
}

async function answerUnit(
  deps: ServiceDeps,
  request: Uint8Array,
  stream: { readonly fence: StreamFence; readonly unit: number },
): Promise<Uint8Array> {
  let correlationId = 0n;
  let append: Uint8Array | undefined;
  try {
    ({ correlationId, append } = parseAppendStreamRequest(request));
    return encodeAppended(correlationId, await appendUnit(deps, append, { stream, pathPrefix: "append." }));
  } catch (error) {
    const segmentId = append && readableSegmentId(append);
    if (segmentId !== undefined) stream.fence.close(segmentId, stream.unit);
    return errorResponse(correlationId, error);
  }
}

/** The segment of a unit, where that much of it can be read. */
function readableSegmentId(append: Uint8Array): SegmentId | undefined {
  try {
    const text = fieldOccurrences(append, AppendRequestSchema.field.segmentId.number).at(-1);
    return text && (parseId(new TextDecoder().decode(text)) as SegmentId | undefined); // it names a segment or nothing
  } catch {
    return undefined;
  }
}

/** What nobody foresaw ends the stream; a refusal is the unit's answer. */
function errorResponse(correlationId: bigint, error: unknown): Uint8Array {
  if (!isSeglogError(error)) throw error;
  const { reason, message, metadata } = error;
  const code: Code = STATUS_CODE_OF_REASON[reason];
  return encode(AppendStreamResponseSchema, { correlationId, outcome: { case: "error", value: { code, message, reason, metadata } } });
}
