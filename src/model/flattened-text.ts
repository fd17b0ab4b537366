import { WireReader } from "./wire/wire-reader.js";

const PIECES_TAG = 0x0a;
const PIECE_TEXT = 1;
const PIECE_PASTE = 2;
const PIECE_FILE_REF = 3;
const PIECE_KNOWLEDGE_REF = 4;
const PIECE_WORKFLOW_INVOKE = 5;
const PASTE_CONTENT_TAG = 0x22;

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const UNKNOWN_PIECE = encoder.encode("[unknown input segment]");

/** What stands before the text of a piece, by its kind. */
const SIGILS: ReadonlyMap<number, Uint8Array> = new Map([
  [PIECE_FILE_REF, encoder.encode("@")],
  [PIECE_KNOWLEDGE_REF, encoder.encode("#")],
  [PIECE_WORKFLOW_INVOKE, encoder.encode("/")],
]);

/**
 * The text that a user's submission flattens to, in UTF-8, in parts: views of it and what the contract puts between.
 *
 * @param bytes a validated `seglog.v1.UserInput`
 */
export function flattenedText(bytes: Uint8Array): Uint8Array[] {
  const reader = new WireReader(bytes);
  const texts: Uint8Array[] = [];
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag === PIECES_TAG) pushPiece(texts, reader, bytes.length);
    else reader.skip(tag, bytes.length, 0);
  }
  return texts;
}

/** Of several kinds in one piece the last one holds, as in every oneof. */
function pushPiece(texts: Uint8Array[], reader: WireReader, outerEnd: number): void {
  const length = reader.length(outerEnd);
  const end = reader.at + length;
  let kind = 0;
  let text: Uint8Array = UNKNOWN_PIECE;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number < PIECE_TEXT || number > PIECE_WORKFLOW_INVOKE) {
      reader.skip(tag, end, 0);
      continue;
    }
    const valueLength = reader.length(end);
    const valueEnd = reader.at + valueLength;
    if (number === PIECE_PASTE) text = pasteContent(reader, valueEnd, kind === PIECE_PASTE ? text : NOTHING);
    else text = reader.bytes.subarray(reader.at, valueEnd);
    kind = number;
    reader.at = valueEnd;
  }
  const sigil = SIGILS.get(kind);
  if (sigil !== undefined) texts.push(sigil);
  texts.push(text);
}

/** A paste that comes twice is merged: without content of its own the second keeps the first one's. */
function pasteContent(reader: WireReader, end: number, before: Uint8Array): Uint8Array {
  let content = before;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag !== PASTE_CONTENT_TAG) {
      reader.skip(tag, end, 0);
      continue;
    }
    const length = reader.length(end);
    content = reader.bytes.subarray(reader.at, reader.at + length);
    reader.at += length;
  }
  return content;
}
