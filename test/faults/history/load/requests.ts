import type { MessageInitShape } from "@bufbuild/protobuf";
import { Role } from "../../../../gen/seglog/v1/entry_pb.js";
import { type AppendRequestSchema, OnConflict, type SaveDeltaRequestSchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import type { Random } from "../../../journeys/load/random.js";
import { assistantText, type EntryInit, type ItemInit, systemItem, textMessage, toolOutput } from "../../../support/entries.js";
import type { Operation } from "../history.js";

/** A request that appends, by its method. */
export type WriteRequest =
  | { readonly kind: "append"; readonly request: MessageInitShape<typeof AppendRequestSchema> }
  | { readonly kind: "saveDelta"; readonly request: MessageInitShape<typeof SaveDeltaRequestSchema> };

/** Most bytes that are put behind a value, so that records are of many sizes. */
const FILLER_BYTES_MAX = 3000;

/** The Append of an operation. */
export function appendRequest(operation: Omit<Operation, "attempts">, random: Random): Extract<WriteRequest, { readonly kind: "append" }> {
  const entries = operation.values.map((value) => entryThatSays(value, random));
  return { kind: "append", request: { ...commonFields(operation), entries } };
}

/** The SaveDelta of an operation: with user messages between, which are skipped. */
export function deltaRequest(operation: Omit<Operation, "attempts">, random: Random): WriteRequest {
  const items = operation.values.flatMap((value): ItemInit[] => {
    const item = random() < 0.5 ? textMessage(Role.ASSISTANT, value) : toolOutput(value);
    return random() < 0.3 ? [textMessage(Role.USER, "known already"), item] : [item];
  });
  return { kind: "saveDelta", request: { ...commonFields(operation), items } };
}

/** What an operation's writer believes, as a request says it. */
export function preconditionOf({ believed }: Pick<Operation, "believed">) {
  if (believed === undefined) return {};
  const { entryCount, headPosition } = believed;
  const precondition = {
    ...(entryCount !== undefined && { entryCount: BigInt(entryCount) }),
    ...(headPosition !== undefined && { headPosition: BigInt(headPosition) }),
  };
  return { precondition };
}

function commonFields(operation: Omit<Operation, "attempts">) {
  const { segmentId, requestId = "", forksOnConflict } = operation;
  return { segmentId, requestId, onConflict: forksOnConflict ? OnConflict.FORK : OnConflict.FAIL, ...preconditionOf(operation) };
}

function entryThatSays(value: string, random: Random): EntryInit {
  const chance = random();
  if (chance < 0.2) return assistantText(value);
  if (chance < 0.4) return systemItem(value);
  const filler = "x".repeat(Math.floor(random() ** 4 * FILLER_BYTES_MAX));
  const pieces = [value, filler].map((text) => ({ kind: { case: "text" as const, value: text } }));
  return { kind: { case: "userInput", value: { pieces } } };
}
