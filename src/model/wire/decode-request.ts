import { type DescField, type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { mergedField, withoutField } from "./field-occurrences.js";
import { validateMessage } from "./validate-message.js";

/**
 * Checks a request and decodes it.
 *
 * @throws SeglogError INVALID_FIELD, and nothing else
 */
export function decodeRequest<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  validateMessage(schema, bytes);
  return fromBinary(schema, bytes);
}

/**
 * Checks a request and decodes it but for one message field outside its oneofs, which may be large: that is given as it
 * was encoded, undefined where it is unset, and is unset in `request`.
 *
 * @throws SeglogError INVALID_FIELD, and nothing else
 */
export function decodeRequestBeside<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  { number }: DescField,
): { readonly request: MessageShape<Desc>; readonly field: Uint8Array | undefined } {
  validateMessage(schema, bytes);
  return { request: fromBinary(schema, withoutField(bytes, number)), field: mergedField(bytes, number) };
}
