import { NESTING_MAX } from "../limits.js";
import type { FieldPlan, MessagePlan, Shape } from "./message-plan.js";
import { judgeDuration, judgeTimestamp, walkTime } from "./time-walk.js";
import { isUtf8 } from "./utf8.js";
import { brokenRule, malformed, Violation } from "./violation.js";
import { WIRE_BYTES, WIRE_FIXED64, WireReader } from "./wire-reader.js";

/** One walk over the bytes of one message and all that it holds. */
export interface Walk {
  readonly reader: WireReader;
  /** Whether the rules of the contract are held, or only the wire form. */
  readonly judges: boolean;
  /**
   * Set once a field that the rules look at came again, or in place of a rival in its oneof: then the
   * message means what is left after merging, which a walk does not see.
   */
  hasRivals: boolean;
}

/**
 * Walks a message from where the reader stands to `end`, along its plan.
 *
 * @param depth messages around it, itself included
 * @throws Violation at the first thing that is wrong
 */
export function walkMessage(walk: Walk, plan: MessagePlan, end: number, depth: number): void {
  const { reader } = walk;
  const { fields, kinds } = plan;
  const start = reader.at;
  let seen = 0;
  let kindCount = 0;
  let tagAt = start;
  let field: FieldPlan | undefined;
  try {
    if (depth > NESTING_MAX) throw malformed(`is nested deeper than ${NESTING_MAX}`);
    while (reader.at < end) {
      field = undefined;
      tagAt = reader.at;
      const tag = reader.tag(end);
      const number = tag >>> 3;
      if (number >= kinds.from && number <= kinds.to) kindCount++;
      // Not `fields[number]` alone: reading past the end of an array is slow.
      field = number < fields.length ? fields[number] : undefined;
      if (field === undefined) {
        reader.skip(tag, end, depth);
        continue;
      }
      if ((seen & field.rivals) !== 0) walk.hasRivals = true;
      seen |= field.bit;
      walkField(walk, field, tag & 7, end, depth);
    }
    field = undefined;
    if (walk.judges) judgePresence(plan, seen);
    // Final: merging would hide a kind that stands there twice.
    if (kindCount !== 1 && kinds.to >= kinds.from) throw malformed(`needs exactly one field of ${kinds.from} to ${kinds.to}, once`);
  } catch (error) {
    // Paths are built here, on the way out, so that a good message pays nothing for them.
    if (error instanceof Violation && field !== undefined) error.placeWithin(fieldAt(reader.bytes, field, start, tagAt, error));
    throw error;
  }
}

function walkField(walk: Walk, field: FieldPlan, wireType: number, end: number, depth: number): void {
  const { reader } = walk;
  if (wireType !== field.wireType) {
    if (wireType !== WIRE_BYTES || !field.isRepeated) throw malformed("has the wrong wire type");
    walkPacked(walk, field, end);
    return;
  }
  if (wireType !== WIRE_BYTES) {
    walkNumber(walk, field, end);
    return;
  }
  const length = reader.length(end);
  const valueEnd = reader.at + length;
  if (field.shape === "string") walkText(walk, field, valueEnd);
  else if (field.message !== undefined) walkNested(walk, field, field.message, valueEnd, depth + 1);
  reader.at = valueEnd;
}

function walkText(walk: Walk, field: FieldPlan, end: number): void {
  const { reader } = walk;
  if (!isUtf8(reader.bytes, reader.view, reader.at, end)) throw malformed("is not UTF-8");
  const problem = walk.judges ? field.checkText?.(reader.bytes, reader.at, end) : undefined;
  if (problem !== undefined) throw brokenRule("", problem);
}

function walkNested(walk: Walk, field: FieldPlan, plan: MessagePlan, end: number, depth: number): void {
  if (plan.time === undefined) {
    walkMessage(walk, plan, end, depth);
    return;
  }
  const time = walkTime(walk.reader, end, depth);
  if (!walk.judges) return;
  if (plan.time === "timestamp") judgeTimestamp(time);
  else judgeDuration(time, field.leastMs);
}

function walkPacked(walk: Walk, field: FieldPlan, end: number): void {
  const { reader } = walk;
  const length = reader.length(end);
  const valuesEnd = reader.at + length;
  for (let index = 0; reader.at < valuesEnd; index++) {
    try {
      walkNumber(walk, field, valuesEnd);
    } catch (error) {
      if (error instanceof Violation) error.packedIndex = index;
      throw error;
    }
  }
}

function walkNumber(walk: Walk, field: FieldPlan, end: number): void {
  const { reader } = walk;
  if (field.shape === "varint") {
    const low = reader.varint(end);
    const problem = walk.judges ? field.checkNumber?.(low, reader.high) : undefined;
    if (problem !== undefined) throw brokenRule("", problem);
    return;
  }
  const at = reader.fixed(field.wireType === WIRE_FIXED64 ? 8 : 4, end);
  if (walk.judges && !isFiniteAt(reader.view, field.shape, at)) throw brokenRule("", "is NaN or infinite");
}

function isFiniteAt(view: DataView, shape: Shape, at: number): boolean {
  if (shape === "float") return Number.isFinite(view.getFloat32(at, true));
  return shape !== "double" || Number.isFinite(view.getFloat64(at, true));
}

function judgePresence(plan: MessagePlan, seen: number): void {
  for (const { bits, name, description } of plan.requirements) {
    if ((seen & bits) === 0) throw brokenRule(name, description);
  }
}

/** Names a field, with its index where it is repeated: counted anew, from the start of its message. */
function fieldAt(bytes: Uint8Array, field: FieldPlan, start: number, tagAt: number, error: Violation): string {
  if (!field.isRepeated) return field.name;
  const reader = new WireReader(bytes, start);
  let index = error.packedIndex;
  error.packedIndex = 0;
  while (reader.at < tagAt) {
    const tag = reader.tag(tagAt);
    if (tag >>> 3 === field.number) index += countValues(bytes, field, tag & 7, reader.at);
    reader.skip(tag, tagAt, 0);
  }
  return `${field.name}[${index}]`;
}

function countValues(bytes: Uint8Array, field: FieldPlan, wireType: number, at: number): number {
  if (wireType === field.wireType) return 1;
  const reader = new WireReader(bytes, at);
  const length = reader.length(bytes.length);
  const end = reader.at + length;
  let count = 0;
  for (; reader.at < end; count++) reader.skip(field.wireType, end, 0);
  return count;
}
