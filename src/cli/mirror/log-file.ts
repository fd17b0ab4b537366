import type { FileHandle } from "node:fs/promises";

/** Bytes that are compared or written at a time, unless a single line is longer. */
const BLOCK_BYTES = 256 * 1024;

const LINE_FEED = 0x0a;

/** What bringing a file to what it should be came to. */
export interface WrittenLines {
  /** Whether anything was cut off or written. */
  readonly isChanged: boolean;
  /** Lines that were written. */
  readonly addedCount: number;
}

/** What the lines of a file are brought to. */
export interface LinesToWrite {
  /** Without line ends. */
  readonly lines: AsyncIterable<string>;
  /** Is told before anything is cut off but the beginning of the line that comes in its place, as a kill leaves it; it may throw. */
  readonly beforeCut: () => void;
}

/**
 * Brings a file to given lines: goes along while it has the same, cuts it at the first that differs, and writes the rest.
 * Holds a block at a time.
 */
export async function writeOverSame(file: FileHandle, { lines, beforeCut }: LinesToWrite): Promise<WrittenLines> {
  const writer = new LineWriter(file, (await file.stat()).size, beforeCut);
  for await (const line of lines) await writer.take(line);
  return writer.end();
}

class LineWriter {
  readonly #file: FileHandle;
  readonly #beforeCut: () => void;
  /** Of the file. */
  #size: number;
  /** Up to here the file is as it should be. */
  #at = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #addedCount = 0;
  #isChanged = false;

  constructor(file: FileHandle, size: number, beforeCut: () => void) {
    this.#file = file;
    this.#size = size;
    this.#beforeCut = beforeCut;
  }

  async take(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`, "utf8");
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= BLOCK_BYTES) await this.#settle();
  }

  async end(): Promise<WrittenLines> {
    await this.#settle();
    await this.#cutBehind(Buffer.alloc(0));
    return { isChanged: this.#isChanged, addedCount: this.#addedCount };
  }

  async #settle(): Promise<void> {
    const block = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    const sameBytes = this.#at < this.#size ? await this.#sameBytes(block) : 0;
    this.#at += sameBytes;
    const rest = block.subarray(sameBytes);
    if (rest.length === 0) return;
    await this.#cutBehind(rest);
    await writeFully(this.#file, rest, this.#at);
    this.#at += rest.length;
    this.#size = this.#at;
    this.#isChanged = true;
    this.#addedCount += countLines(rest);
  }

  /** How much of a block the file has already; whole lines. */
  async #sameBytes(block: Buffer): Promise<number> {
    const there = await readUpTo(this.#file, block.length, this.#at);
    if (there.equals(block)) return block.length;
    let same = 0;
    while (same < there.length && there[same] === block[same]) same++;
    return same === 0 ? 0 : block.lastIndexOf(LINE_FEED, same - 1) + 1;
  }

  /** @param wanted the lines that come in the place of what is cut off */
  async #cutBehind(wanted: Buffer): Promise<void> {
    if (this.#at >= this.#size) return;
    if (!(await this.#isTornFrom(wanted))) this.#beforeCut();
    await this.#file.truncate(this.#at);
    this.#size = this.#at;
    this.#isChanged = true;
  }

  /** Whether what is behind is the beginning of the first of these lines, and not the whole of it. */
  async #isTornFrom(wanted: Buffer): Promise<boolean> {
    const byteCount = this.#size - this.#at;
    if (byteCount > wanted.indexOf(LINE_FEED)) return false;
    const there = await readUpTo(this.#file, byteCount, this.#at);
    return there.equals(wanted.subarray(0, byteCount));
  }
}

/** Writes lines behind the last one of a file of the given size; gives the bytes that were written. */
export async function writeBehind(
  file: FileHandle,
  { lines, size }: { readonly lines: readonly string[]; readonly size: number },
): Promise<number> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
  await writeFully(file, bytes, size);
  return bytes.length;
}

async function readUpTo(file: FileHandle, bytesMax: number, position: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytesMax);
  let filled = 0;
  while (filled < bytesMax) {
    const { bytesRead } = await file.read(buffer, filled, bytesMax - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
