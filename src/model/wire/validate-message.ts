import { type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { invalidField } from "../errors.js";
import { messagePlan } from "./message-plan.js";
import { type Walk, walkMessage } from "./message-walk.js";
import { Violation } from "./violation.js";
import { WireReader } from "./wire-reader.js";

/**
 * Depth that a request starts at. Its parts come back in answers that nest them up to four messages
 * deeper; what is accepted must stay within what clients decode, NESTING_MAX in all.
 */
const ROOT_DEPTH = 5;

/**
 * Checks a request of the contract without decoding it: wire form, UTF-8, and the rules of `rules.ts`.
 * Unknown fields and unknown numbers of enums pass. What passes decodes.
 *
 * A field that comes twice is judged by what is left after merging, as protobuf merges.
 *
 * @param pathPrefix stands before each path, such as `append.` for a message within another one
 * @throws SeglogError INVALID_FIELD, naming the field; `request` where no field is to be named
 */
export function validateMessage(schema: DescMessage, bytes: Uint8Array, pathPrefix = ""): void {
  const walk = beginWalk(bytes, true);
  const violation = violationOf(walk, schema);
  if (violation === undefined && !walk.hasRivals) return;

  const judged = violation?.isFinal ? violation : judgeMerged(schema, bytes, violation);
  if (judged !== undefined) throw invalidField(pathFrom(pathPrefix, judged.path), judged.description);
}

/** Judges what the bytes mean. Where nothing merges, that is what the first walk found. */
function judgeMerged(schema: DescMessage, bytes: Uint8Array, found: Violation | undefined): Violation | undefined {
  const formWalk = beginWalk(bytes, false);
  const malformed = violationOf(formWalk, schema);
  if (malformed !== undefined || !formWalk.hasRivals) return malformed ?? found;
  const merged = toBinary(schema, fromBinary(schema, bytes));
  return violationOf(beginWalk(merged, true), schema);
}

function beginWalk(bytes: Uint8Array, judges: boolean): Walk {
  return { reader: new WireReader(bytes), judges, hasRivals: false };
}

function violationOf(walk: Walk, schema: DescMessage): Violation | undefined {
  try {
    walkMessage(walk, messagePlan(schema), walk.reader.bytes.length, ROOT_DEPTH);
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

function pathFrom(prefix: string, path: string): string {
  if (path !== "") return prefix + path;
  return prefix === "" ? "request" : prefix.replace(/\.$/, "");
}
