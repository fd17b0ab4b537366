import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AppendRequestSchema, AppendStreamResponse } from "../../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../../../src/client/segment-client.js";
import type { Operation, Outcome } from "../history.js";
import { CALL_MS_MAX, outcomeOfError, refusal } from "./caller.js";
import { headOf, type OpenOperation, type Recorder } from "./recorder.js";

/** A unit of a stream. */
interface Unit {
  readonly operation: Omit<Operation, "attempts">;
  readonly request: MessageInitShape<typeof AppendRequestSchema>;
}

/** Sends units over one AppendStream, pipelined, and notes what each was answered; those that were sent without: unknown. */
export async function appendThroughStream(
  client: SegmentClient,
  recorder: Recorder,
  units: readonly Unit[],
): Promise<{
  readonly begun: readonly { readonly operation: OpenOperation; readonly request: Unit["request"] }[];
  readonly isWhole: boolean;
}> {
  const begun: { readonly operation: OpenOperation; readonly request: Unit["request"]; readonly invokeNs: number }[] = [];
  const end = (number: number, outcome: Outcome) => {
    const unit = begun[number];
    if (unit === undefined || unit.operation.attempts.length > 0) throw new Error(`unit ${number} was answered out of turn`);
    unit.operation.attempts.push({ invokeNs: unit.invokeNs, endNs: recorder.nowNs(), outcome });
  };
  function* send() {
    for (const [number, { operation, request }] of units.entries()) {
      begun.push({ operation: recorder.begin(operation), request, invokeNs: recorder.nowNs() });
      yield { correlationId: BigInt(number), append: request };
    }
  }
  let isWhole = true;
  try {
    let next = 0;
    for await (const { correlationId, outcome } of client.appendStream(send(), { deadlineMs: CALL_MS_MAX })) {
      if (Number(correlationId) !== next++) throw new Error(`unit ${correlationId} was answered before unit ${next - 1}`);
      end(Number(correlationId), outcomeOfUnit(outcome));
    }
  } catch (error) {
    const outcome = outcomeOfError(error); // what ends a stream says nothing of its units
    isWhole = outcome.type !== "unknown";
  }
  for (const [number, { operation }] of begun.entries()) if (operation.attempts.length === 0) end(number, { type: "unknown" });
  return { begun, isWhole };
}

function outcomeOfUnit(outcome: AppendStreamResponse["outcome"]): Outcome {
  switch (outcome.case) {
    case "appended": {
      const { segmentId, firstIndex, forked, replayed, ...figures } = outcome.value;
      return { type: "ok", answer: { segmentId, ...headOf(figures), firstIndex: Number(firstIndex), forked, replayed } };
    }
    case "error":
      return refusal(outcome.value.reason, outcome.value.metadata);
    case undefined:
      throw new Error("a unit was answered with nothing");
    default:
      return outcome satisfies never;
  }
}
