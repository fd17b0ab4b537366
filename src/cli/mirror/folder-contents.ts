import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { idToUuid, parseSegmentId, parseSessionId } from "../../model/id.js";
import { isSessionName, type LayoutFile, LOG_SUFFIX, layoutFile, TRACE_SUFFIX } from "../layout.js";
import type { SegmentPlace } from "./mirror-copy.js";
import type { MirrorScope } from "./mirror-scope.js";
import { noOwnFolder } from "./own-file.js";

/** Where a copy in the JSONL layout has a session. */
export function sessionFolder(folder: string, sessionId: string): string {
  return join(folder, idToUuid(parseSessionId(sessionId)));
}

/** Where a copy has a segment's log, and where the trace of it would be. */
export function segmentPaths(folder: string, { sessionId, segmentId }: SegmentPlace): { readonly log: string; readonly trace: string } {
  const base = join(sessionFolder(folder, sessionId), idToUuid(parseSegmentId(segmentId)));
  return { log: base + LOG_SUFFIX, trace: base + TRACE_SUFFIX };
}

/** The sessions that a copy has a log of. A folder without one holds nothing that a source could have. */
export async function* sessionsInFolder(folder: string, scope: MirrorScope): AsyncGenerator<string, void, undefined> {
  let last: string | undefined;
  for await (const { sessionId } of segmentsInFolder(folder, scope)) {
    if (sessionId !== last) yield sessionId;
    last = sessionId;
  }
}

/** The segments that a copy has a log of. */
export async function* segmentsInFolder(folder: string, scope: MirrorScope): AsyncGenerator<SegmentPlace, void, undefined> {
  for await (const { kind, ...place } of segmentFilesIn(folder, scope)) if (kind === "log") yield place;
}

/** The files that a copy has of segments, session by session: logs, and the traces that an export left. */
export async function* segmentFilesIn(
  folder: string,
  scope: MirrorScope,
): AsyncGenerator<SegmentPlace & Pick<LayoutFile, "kind">, void, undefined> {
  for await (const sessionId of sessionFoldersIn(folder, scope)) {
    for (const name of await readdir(sessionFolder(folder, sessionId))) {
      const file = layoutFile(name);
      if (file !== undefined) yield { sessionId, segmentId: parseSegmentId(file.id), kind: file.kind };
    }
  }
}

/**
 * The sessions that a copy has a folder of, whatever is in it.
 *
 * @throws CommandError where one is no folder, such as a symbolic link, which would lead out of the copy
 */
export async function* sessionFoldersIn(folder: string, scope: MirrorScope): AsyncGenerator<string, void, undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!isSessionName(entry.name)) continue;
    const sessionId = parseSessionId(entry.name);
    if (scope !== "store" && scope.sessionId !== sessionId) continue;
    if (!entry.isDirectory()) throw noOwnFolder(join(folder, entry.name));
    yield sessionId;
  }
}
