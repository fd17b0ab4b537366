import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { idToUuid, parseSegmentId, parseSessionId } from "../../model/id.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { isSessionName, LOG_SUFFIX, layoutFile, TRACE_SUFFIX } from "../layout.js";
import type { SegmentPlace } from "./mirror-copy.js";
import type { MirrorScope } from "./mirror-scope.js";

/** Where a copy in the JSONL layout has a session. */
export function sessionFolder(folder: string, sessionId: string): string {
  return join(folder, idToUuid(parseSessionId(sessionId)));
}

/** Where a copy has a segment's log, and where the trace of it would be. */
export function segmentPaths(folder: string, { sessionId, segmentId }: SegmentPlace): { readonly log: string; readonly trace: string } {
  const base = join(sessionFolder(folder, sessionId), idToUuid(parseSegmentId(segmentId)));
  return { log: base + LOG_SUFFIX, trace: base + TRACE_SUFFIX };
}

/**
 * The sessions that a copy has a folder of.
 *
 * @throws CommandError where one is no folder, such as a symbolic link, which would lead out of the copy
 */
export async function* sessionsInFolder(folder: string, scope: MirrorScope): AsyncGenerator<string, void, undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!isSessionName(entry.name)) continue;
    const sessionId = parseSessionId(entry.name);
    if (scope !== "store" && scope.sessionId !== sessionId) continue;
    if (!entry.isDirectory()) {
      throw new CommandError(EXIT.failed, `${join(folder, entry.name)} is no folder of its own; wanted one of the copy, or nothing there`);
    }
    yield sessionId;
  }
}

/** The segments that a copy has a log of. */
export async function* segmentsInFolder(folder: string, scope: MirrorScope): AsyncGenerator<SegmentPlace, void, undefined> {
  for await (const sessionId of sessionsInFolder(folder, scope)) {
    for (const name of await readdir(sessionFolder(folder, sessionId))) {
      const file = layoutFile(name);
      if (file?.kind === "log") yield { sessionId, segmentId: parseSegmentId(file.id) };
    }
  }
}
