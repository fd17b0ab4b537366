import type { Precondition as PreconditionMessage } from "../../gen/seglog/v1/segment_service_pb.js";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { invalidField } from "../model/errors.js";
import type { Precondition } from "../model/precondition.js";
import type { Point } from "../store/segment-info.js";

/** The forms in which the contract names a point: `at` of a fork, `until` of a restore. */
type PointCase =
  | { readonly case: "turn"; readonly value: bigint }
  | { readonly case: "entryCount"; readonly value: bigint }
  | { readonly case: undefined };

/**
 * The point of a segment that a request names.
 *
 * @throws SeglogError INVALID_FIELD
 */
export function pointOf(at: PointCase, onMissingTurn: OnMissingTurn, path = ""): Point {
  const missing = { onMissingTurn: onMissingTurn === OnMissingTurn.HEAD ? "head" : "fail" } as const;
  switch (at.case) {
    case "turn":
      return { turn: at.value, ...missing };
    case "entryCount":
      if (at.value === 0n) throw invalidField(`${path}entry_count`, "is 0, wanted at least 1");
      return { entryCount: Number(at.value), ...missing };
    case undefined:
      return missing;
    default:
      return at satisfies never;
  }
}

/** What a request says that its writer believes. Numbers beyond 2^53 lose their last bits, and match nothing either way. */
export function preconditionOf(message: PreconditionMessage | undefined): Precondition {
  return {
    ...(message?.entryCount !== undefined && { entryCount: Number(message.entryCount) }),
    ...(message?.headPosition !== undefined && { headPosition: Number(message.headPosition) }),
  };
}
