import { toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { writeLine } from "../../session-store/write-line.js";
import { type ExportedLine, logLines } from "../export/log-lines.js";
import type { ClientContext } from "../with-client.js";
import type { LogEntry, SizedEntry } from "./log-entries.js";

/** A file and the segment of its name are two logs. */
export class DiffersError extends Error {
  override readonly name = "DiffersError";

  constructor(readonly line: number) {
    super("differs from what is here: left out, with all that follows it");
  }
}

/**
 * The entries of a log file on top of the segment that is here: for what both have, the stored entries,
 * which a daemon finds equal to themselves, then what the file has beyond them. Both are compared as
 * lines of the JSONL layout.
 *
 * @throws DiffersError
 */
export async function* entriesOverStored(
  context: ClientContext,
  segmentId: string,
  given: AsyncIterable<LogEntry>,
): AsyncGenerator<SizedEntry, void, undefined> {
  const stored = logLines(context, { segmentId });
  let isBeyond = false;
  try {
    for await (const { line, entry, parts } of given) {
      const same: ExportedLine | undefined = isBeyond ? undefined : yield* nextWithLine(stored);
      isBeyond ||= same === undefined;
      if (same === undefined) {
        yield* parts;
        continue;
      }
      if (same.line !== writeLine(entry)) throw new DiffersError(line);
      yield* same.entries.map(sized);
    }
  } finally {
    await stored.return();
  }
}

/** The next stored line. What has no line was never in a file, and is given on the way. */
async function* nextWithLine(stored: AsyncIterator<ExportedLine, void>): AsyncGenerator<SizedEntry, ExportedLine | undefined, undefined> {
  for (let next = await stored.next(); next.done !== true; next = await stored.next()) {
    if (next.value.line !== undefined) return next.value;
    yield* next.value.entries.map(sized);
  }
  return undefined;
}

function sized(entry: Entry): SizedEntry {
  return { entry, bytes: toBinary(EntrySchema, entry).length };
}
