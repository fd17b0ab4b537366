import { ContentPartSchema, ItemSchema, MessageSchema, type Role } from "../../../gen/seglog/v1/entry_pb.js";
import { WIRE_BYTES, WIRE_VARINT } from "../wire/wire-reader.js";
import { varintSize, writeVarint } from "../wire/wire-writer.js";

const MESSAGE_TAG = ItemSchema.field.message.number * 8 + WIRE_BYTES;
const ROLE_TAG = MessageSchema.field.role.number * 8 + WIRE_VARINT;
const CONTENT_TAG = MessageSchema.field.content.number * 8 + WIRE_BYTES;
const TEXT_TAG = ContentPartSchema.field.text.number * 8 + WIRE_BYTES;
const ROLE_BYTES = 2;

/**
 * An encoded `seglog.v1.Item`: a message of one text part.
 *
 * @param texts its text in UTF-8, in parts
 */
export function textItem(role: Role, texts: readonly Uint8Array[]): Uint8Array {
  const textBytes = texts.reduce((size, text) => size + text.length, 0);
  const partBytes = fieldSize(textBytes);
  const messageBytes = ROLE_BYTES + fieldSize(partBytes);

  const item = new Uint8Array(fieldSize(messageBytes));
  let at = writeLength(item, 0, MESSAGE_TAG, messageBytes);
  item[at++] = ROLE_TAG;
  item[at++] = role;
  at = writeLength(item, at, CONTENT_TAG, partBytes);
  at = writeLength(item, at, TEXT_TAG, textBytes);
  for (const text of texts) {
    item.set(text, at);
    at += text.length;
  }
  return item;
}

function fieldSize(bytes: number): number {
  return 1 + varintSize(bytes) + bytes;
}

function writeLength(target: Uint8Array, offset: number, tag: number, bytes: number): number {
  target[offset] = tag;
  return writeVarint(target, offset + 1, bytes);
}
