import { type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { KIND_RANGES, type KindRange, LEAST, REQUIRED } from "./rules.js";
import { type NumberCheck, numberCheck, type TextCheck, textCheck } from "./value-checks.js";
import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT } from "./wire-reader.js";

/** How the value of a field is walked. */
export type Shape = "varint" | "fixed32" | "fixed64" | "float" | "double" | "string" | "bytes" | "message";

/** What the walk needs to know of a field. */
export interface FieldPlan {
  readonly name: string;
  readonly number: number;
  readonly shape: Shape;
  /** Wire type of one value. */
  readonly wireType: number;
  readonly isRepeated: boolean;
  /** Its bit among the fields seen of a message. */
  readonly bit: number;
  /** Bits of the fields that this one merges with or overrides, where that can change a judgement. */
  readonly rivals: number;
  readonly checkText: TextCheck | undefined;
  readonly checkNumber: NumberCheck | undefined;
  /** Least value of a duration, in milliseconds. */
  readonly leastMs: number;
  readonly message: MessagePlan | undefined;
}

/** Fields of which at least one must be there. */
export interface Requirement {
  readonly bits: number;
  /** What to name where none is: a field or a oneof. */
  readonly name: string;
  readonly description: string;
}

/** A message descriptor as its walk needs it: compiled once, then only numbers. */
export interface MessagePlan {
  /** By field number. */
  readonly fields: readonly (FieldPlan | undefined)[];
  readonly requirements: readonly Requirement[];
  /** Where it is empty, no number is a kind. */
  readonly kinds: KindRange;
  /** Set for the messages whose value is a time as a whole. */
  readonly time: "timestamp" | "duration" | undefined;
}

const NO_KINDS: KindRange = { from: 0, to: -1 };
const FIELDS_MAX = 31;
const plans = new WeakMap<DescMessage, MessagePlan>();

/** The plan of a message; compiled on first use. */
export function messagePlan(desc: DescMessage): MessagePlan {
  const known = plans.get(desc);
  if (known !== undefined) return known;
  if (desc.fields.length > FIELDS_MAX) throw new Error(`${desc.typeName} has more than ${FIELDS_MAX} fields`);

  const lastNumber = Math.max(0, ...desc.fields.map((field) => field.number));
  const fields = new Array<FieldPlan | undefined>(lastNumber + 1).fill(undefined);
  const plan: MessagePlan = {
    fields,
    requirements: requirements(desc),
    kinds: KIND_RANGES[desc.typeName] ?? NO_KINDS,
    time: timeOf(desc),
  };
  // Known before its fields are compiled, so that a message may hold itself.
  plans.set(desc, plan);
  for (const field of desc.fields) fields[field.number] = fieldPlan(field);
  return plan;
}

function fieldPlan(field: DescField): FieldPlan {
  const shape = shapeOf(field);
  const name = fullName(field);
  const isRepeated = field.fieldKind === "list";
  const checkText = shape === "string" ? textCheck(name) : undefined;
  const checkNumber = shape === "varint" ? numberCheck(field) : undefined;
  const isJudged = shape === "message" || checkText !== undefined || checkNumber !== undefined || field.oneof !== undefined;
  return {
    name: field.name,
    number: field.number,
    shape,
    wireType: wireTypeOf(shape),
    isRepeated,
    bit: bitOf(field),
    rivals: isJudged && !isRepeated ? bitsOf(field.oneof?.fields ?? [field]) : 0,
    checkText,
    checkNumber,
    leastMs: LEAST[name] ?? Number.NEGATIVE_INFINITY,
    message: field.message && messagePlan(field.message),
  };
}

function requirements(desc: DescMessage): Requirement[] {
  const oneofs = desc.oneofs.filter((oneof) => REQUIRED.has(fullName(oneof))).map(requiredOneof);
  return [...oneofs, ...desc.fields.flatMap(requiredField)];
}

function requiredOneof(oneof: DescOneof): Requirement {
  const members = oneof.fields.map((field) => field.name).join(", ");
  return { bits: bitsOf(oneof.fields), name: oneof.name, description: `is required: one of ${members}` };
}

/** A field is required where the contract says so, or where what it is when unset breaks its rule. */
function requiredField(field: DescField): Requirement[] {
  const description = REQUIRED.has(fullName(field)) ? "is required" : problemUnset(field);
  return description === undefined ? [] : [{ bits: bitOf(field), name: field.name, description }];
}

function problemUnset(field: DescField): string | undefined {
  const isZeroUnset = field.presence === FeatureSet_FieldPresence.IMPLICIT && field.fieldKind !== "list";
  if (!isZeroUnset) return undefined;
  const shape = shapeOf(field);
  if (shape === "string") return textCheck(fullName(field))?.(new Uint8Array(0), 0, 0);
  return shape === "varint" ? numberCheck(field)?.(0, 0) : undefined;
}

function bitOf(field: DescField): number {
  return 1 << field.parent.fields.indexOf(field);
}

function bitsOf(fields: readonly DescField[]): number {
  return fields.reduce((bits, field) => bits | bitOf(field), 0);
}

function fullName(part: DescField | DescOneof): string {
  return `${part.parent.typeName}.${part.name}`;
}

function timeOf(desc: DescMessage): MessagePlan["time"] {
  if (desc.typeName === "google.protobuf.Timestamp") return "timestamp";
  return desc.typeName === "google.protobuf.Duration" ? "duration" : undefined;
}

function shapeOf(field: DescField): Shape {
  if (field.fieldKind === "map") throw new Error(`${fullName(field)}: no request of the contract has a map`);
  if (field.message) return "message";
  switch (field.scalar) {
    case ScalarType.STRING:
      return "string";
    case ScalarType.BYTES:
      return "bytes";
    case ScalarType.FLOAT:
      return "float";
    case ScalarType.DOUBLE:
      return "double";
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return "fixed32";
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return "fixed64";
    default:
      return "varint";
  }
}

function wireTypeOf(shape: Shape): number {
  switch (shape) {
    case "varint":
      return WIRE_VARINT;
    case "fixed32":
    case "float":
      return WIRE_FIXED32;
    case "fixed64":
    case "double":
      return WIRE_FIXED64;
    case "string":
    case "bytes":
    case "message":
      return WIRE_BYTES;
    default:
      return shape satisfies never;
  }
}
