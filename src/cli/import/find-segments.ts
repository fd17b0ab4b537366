import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSessionName, layoutFile } from "../layout.js";

/** The files of one segment. */
export interface SegmentFiles {
  /** UUID. */
  readonly session: string;
  /** UUID. */
  readonly segment: string;
  readonly logPath: string | undefined;
  readonly tracePath: string | undefined;
}

/**
 * Finds the segments of a folder in the JSONL layout, by session and segment, the oldest first. What
 * is no session's folder, or no plain file that is named as a log or a trace is, is skipped.
 */
export async function* findSegments(folder: string): AsyncGenerator<SegmentFiles, void, undefined> {
  for (const entry of sorted(await readdir(folder, { withFileTypes: true }))) {
    if (isSessionName(entry.name) && (await is(entry, folder, "folder"))) yield* segmentsIn(folder, entry.name);
  }
}

async function* segmentsIn(folder: string, session: string): AsyncGenerator<SegmentFiles, void, undefined> {
  const sessionFolder = join(folder, session);
  const found = new Map<string, { logPath?: string; tracePath?: string }>();
  for (const entry of sorted(await readdir(sessionFolder, { withFileTypes: true }))) {
    const file = layoutFile(entry.name);
    if (file === undefined || !(await is(entry, sessionFolder, "file"))) continue;
    const path = join(sessionFolder, entry.name);
    found.set(file.id, { ...found.get(file.id), ...(file.kind === "log" ? { logPath: path } : { tracePath: path }) });
  }
  for (const segment of [...found.keys()].sort()) {
    yield { session, segment, logPath: found.get(segment)?.logPath, tracePath: found.get(segment)?.tracePath };
  }
}

/** A pipe or a device is never read, which could take for ever; a symbolic link counts as what it leads to. */
async function is(entry: Dirent, folder: string, what: "folder" | "file"): Promise<boolean> {
  const found = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => entry) : entry;
  return what === "folder" ? found.isDirectory() : found.isFile();
}

function sorted(entries: Dirent[]): Dirent[] {
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
