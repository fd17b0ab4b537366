import { isBlank } from "./blank.js";

/** One line of a file that is not blank. Lines count from 1, blank ones included. */
export type TextLine =
  | {
      readonly line: number;
      /** Without its line end. */
      readonly text: string;
      /** Whether a line end follows. Only the last line of a file can lack it. */
      readonly isTerminated: boolean;
    }
  | { readonly line: number; readonly text: undefined; readonly isTerminated: boolean };

/** A file in pieces, such as a read stream gives them. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A byte order mark is kept: it is part of the line, and wrong there. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The lines of a file, split at line feeds, with or without carriage returns before them. `text` is
 * undefined where a line is not UTF-8. Holds one line at a time.
 */
export async function* textLines(chunks: Chunks): AsyncGenerator<TextLine, void, undefined> {
  let line = 1;
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const text = decode([...pending, chunk.subarray(from, end)]);
      if (text === undefined || !isBlank(text)) yield { line, text, isTerminated: true };
      pending = [];
      from = end + 1;
      line++;
    }
    // A copy: whoever gives the chunks may use the memory again.
    if (from < chunk.length) pending.push(chunk.slice(from));
  }
  const rest = decode(pending);
  if (rest === undefined || !isBlank(rest)) yield { line, text: rest, isTerminated: false };
}

function decode(parts: readonly Uint8Array[]): string | undefined {
  const bytes = withoutCarriageReturn(joined(parts));
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutCarriageReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
