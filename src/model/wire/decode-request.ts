import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
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
