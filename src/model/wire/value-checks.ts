import { type DescEnum, type DescField, ScalarType } from "@bufbuild/protobuf";
import { parseId } from "../id.js";
import { REQUEST_ID_CHARS_MAX } from "../limits.js";
import { jsonProblem } from "./json-text.js";
import { ENUM_RULES, LEAST, TEXT_RULES } from "./rules.js";

/** Says what is wrong with the text between two offsets, or undefined. */
export type TextCheck = (bytes: Uint8Array, start: number, end: number) => string | undefined;

/** Says what is wrong with a varint given as two unsigned halves, or undefined. */
export type NumberCheck = (low: number, high: number) => string | undefined;

const ID_BYTES_MAX = 36;
// A byte order mark is text like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The check that a text field's rule calls for. */
export function textCheck(fieldName: string): TextCheck | undefined {
  const rule = TEXT_RULES[fieldName];
  switch (rule) {
    case undefined:
      return undefined;
    case "id":
      return idProblem;
    case "idOrEmpty":
      return (bytes, start, end) => (start === end ? undefined : idProblem(bytes, start, end));
    case "json":
      return jsonProblem;
    case "requestId":
      return requestIdProblem;
    default:
      return rule satisfies never;
  }
}

/** The check that the rule of a number or of an enum calls for. */
export function numberCheck(field: DescField): NumberCheck | undefined {
  if (field.enum) return enumCheck(field.enum);
  const least = LEAST[`${field.parent.typeName}.${field.name}`];
  if (least === undefined) return undefined;
  const isInt32 = field.scalar === ScalarType.INT32;
  return (low, high) => {
    const value = isInt32 ? low | 0 : high * 0x1_0000_0000 + low;
    return value < least ? `must be at least ${least}` : undefined;
  };
}

/** Text of validated UTF-8. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return decoder.decode(bytes.subarray(start, end));
}

function enumCheck(desc: DescEnum): NumberCheck | undefined {
  const rule = ENUM_RULES[desc.typeName];
  switch (rule) {
    case undefined:
      return undefined;
    case "specified":
      return (low) => (low === 0 ? "is left unspecified" : undefined);
    case "known": {
      const known = new Set(desc.values.map((value) => value.number));
      return (low) => (known.has(low | 0) ? undefined : "is a number that this daemon does not know");
    }
    default:
      return rule satisfies never;
  }
}

function idProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (start === end) return "is required: a ULID or a UUID";
  const isId = end - start <= ID_BYTES_MAX && parseId(textOf(bytes, start, end)) !== undefined;
  return isId ? undefined : "is not a ULID or a UUID";
}

function requestIdProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  let isVisible = true;
  for (let at = start; at < end; at++) isVisible &&= (bytes[at] ?? 0) > 0x20 && (bytes[at] ?? 0) < 0x7f;
  if (isVisible && end - start <= REQUEST_ID_CHARS_MAX) return undefined;
  return `must be 1 to ${REQUEST_ID_CHARS_MAX} visible ASCII characters`;
}
