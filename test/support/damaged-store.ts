import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Flips a bit in every copy of a text in a store's file, so that its records fail their checksums; says how many there were. */
export function flipText(dataDir: string, text: string): number {
  const file = join(dataDir, "data.mdb");
  const bytes = readFileSync(file);
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) {
    bytes[at] = (bytes[at] ?? 0) ^ 0x01;
    count++;
  }
  writeFileSync(file, bytes);
  return count;
}

/** Zeroes the page in which a text stands last: the newest copy of it. */
export function zeroPageOf(dataDir: string, text: string): void {
  const file = join(dataDir, "data.mdb");
  const bytes = readFileSync(file);
  const page = Math.floor(bytes.lastIndexOf(text) / 4096);
  bytes.fill(0, page * 4096, (page + 1) * 4096);
  writeFileSync(file, bytes);
}
