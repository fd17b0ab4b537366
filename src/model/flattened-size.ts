import { WireReader } from "./wire/wire-reader.js";

const PIECES_TAG = 0x0a;
const PIECE_TEXT = 1;
const PIECE_PASTE = 2;
const PIECE_WORKFLOW_INVOKE = 5;
const PASTE_CONTENT_TAG = 0x22;
const UNKNOWN_PIECE_BYTES = "[unknown input segment]".length;

/** An empty piece takes two bytes and flattens to these many: nothing grows by more than the factor between. */
const GROWTH_MAX = Math.ceil(UNKNOWN_PIECE_BYTES / 2);

/**
 * Bytes of the text that a user's submission flattens to, counted without building it.
 *
 * @param bytes a validated `seglog.v1.UserInput`
 * @param enough a bound that the caller compares with: what stays below it for sure is not counted, and gives 0
 */
export function flattenedSize(bytes: Uint8Array, enough = 0): number {
  if (bytes.length * GROWTH_MAX <= enough) return 0;
  const reader = new WireReader(bytes);
  let size = 0;
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag === PIECES_TAG) size += pieceSize(reader, bytes.length);
    else reader.skip(tag, bytes.length, 0);
  }
  return size;
}

/** Of several kinds in one piece the last one holds, as in every oneof. */
function pieceSize(reader: WireReader, outerEnd: number): number {
  const length = reader.length(outerEnd);
  const end = reader.at + length;
  let kind = 0;
  let size = UNKNOWN_PIECE_BYTES;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number < PIECE_TEXT || number > PIECE_WORKFLOW_INVOKE) {
      reader.skip(tag, end, 0);
      continue;
    }
    const valueLength = reader.length(end);
    if (number === PIECE_PASTE) size = pasteSize(reader, reader.at + valueLength, kind === PIECE_PASTE ? size : 0);
    else size = number === PIECE_TEXT ? valueLength : valueLength + 1;
    kind = number;
    reader.at = number === PIECE_PASTE ? reader.at : reader.at + valueLength;
  }
  return size;
}

/** A paste that comes twice is merged: without content of its own the second keeps the first one's. */
function pasteSize(reader: WireReader, end: number, sizeBefore: number): number {
  let size = sizeBefore;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag !== PASTE_CONTENT_TAG) {
      reader.skip(tag, end, 0);
      continue;
    }
    size = reader.length(end);
    reader.at += size;
  }
  return size;
}
