import type { Random } from "../../journeys/load/random.js";

const PAGE_BYTES = 4096;
const SECTOR_BYTES = 512;
const HEADER_BYTES = 24;

/** A file that is about to be damaged. */
export interface Victim {
  readonly bytes: Buffer;
  /** The same file as it was some commits before. */
  readonly older: Buffer;
  readonly random: Random;
}

/** One way to damage a file; gives the file as it is then. */
export type Damage = (victim: Victim) => Buffer;

/** The ways to damage a file, by name. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  "a flipped bit": (victim) => flipped(victim, 1, () => below(victim, victim.bytes.length)),
  "flipped bits": (victim) => flipped(victim, 8, () => below(victim, victim.bytes.length)),
  "a flipped bit in a header": (victim) => flipped(victim, 1, () => anyPage(victim) * PAGE_BYTES + below(victim, HEADER_BYTES)),
  "a flipped bit in a root": (victim) => flipped(victim, 1, () => below(victim, 2) * PAGE_BYTES + below(victim, 168)),
  "a page of noise": (victim) => overwritten(victim, PAGE_BYTES, () => below(victim, 256)),
  "a zeroed page": (victim) => overwritten(victim, PAGE_BYTES, () => 0),
  "a zeroed sector": (victim) => overwritten(victim, SECTOR_BYTES, () => 0),
  "swapped pages": ({ bytes, ...rest }) => {
    const [a, b] = [anyPage({ bytes, ...rest }), anyPage({ bytes, ...rest })];
    const first = Buffer.from(pageOf(bytes, a));
    pageOf(bytes, b).copy(bytes, a * PAGE_BYTES);
    first.copy(bytes, b * PAGE_BYTES);
    return bytes;
  },
  "a page whose last write was lost": (victim) => {
    const page = anyOf(victim, pagesWritten(victim));
    pageOf(victim.older, page).copy(victim.bytes, page * PAGE_BYTES);
    return victim.bytes;
  },
  "a truncated file": (victim) => victim.bytes.subarray(0, below(victim, victim.bytes.length)),
};

function flipped({ bytes, random }: Victim, count: number, place: () => number): Buffer {
  for (let i = 0; i < count; i++) {
    const at = place();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return bytes;
}

function overwritten(victim: Victim, byteCount: number, byte: () => number): Buffer {
  const at = below(victim, Math.floor(victim.bytes.length / byteCount)) * byteCount;
  for (let i = 0; i < byteCount; i++) victim.bytes[at + i] = byte();
  return victim.bytes;
}

/** Pages that the last commits wrote over. */
function pagesWritten({ bytes, older }: Victim): readonly number[] {
  const pages = Array.from({ length: Math.floor(older.length / PAGE_BYTES) }, (_, page) => page);
  return pages.filter((page) => !pageOf(bytes, page).equals(pageOf(older, page)));
}

function anyOf(victim: Victim, pages: readonly number[]): number {
  return pages[below(victim, pages.length)] ?? 0;
}

function anyPage(victim: Victim): number {
  return below(victim, Math.floor(victim.bytes.length / PAGE_BYTES));
}

function below({ random }: Victim, limit: number): number {
  return Math.floor(random() * limit);
}

function pageOf(bytes: Buffer, page: number): Buffer {
  return bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
