import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Compared } from "./compare-stores.js";

/**
 * Compares a copy with an export of the same store, byte for byte.
 *
 * @throws AssertionError where they differ
 */
export async function compareFolders(exported: string, copy: string): Promise<Compared> {
  const [there, here] = [await logsIn(exported), await logsIn(copy)];
  assert.deepEqual(here, there, "files of the copy");
  let entries = 0;
  for (const path of there) {
    const [wanted, found] = [await readFile(join(exported, path), "utf8"), await readFile(join(copy, path), "utf8")];
    // Line by line: two whole files would be too much to print.
    const [wantedLines, foundLines] = [wanted.split("\n"), found.split("\n")];
    for (const [i, line] of wantedLines.entries()) assert.equal(foundLines[i], line, `${path}:${i + 1}`);
    assert.equal(foundLines.length, wantedLines.length, `lines of ${path}`);
    entries += wantedLines.length - 1;
  }
  return { segments: there.length, entries };
}

async function logsIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const name of await readdir(join(folder, entry.name))) paths.push(join(entry.name, name));
  }
  return paths.sort();
}
