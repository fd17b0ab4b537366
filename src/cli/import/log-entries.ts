import { toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { isSeglogError } from "../../model/errors.js";
import { parseId } from "../../model/id.js";
import type { Limits } from "../../model/limits.js";
import { parseEntry } from "../../model/parse-entry.js";
import { readLog } from "../../session-store/read-log.js";
import { splitStart } from "../../session-store/split-start.js";
import type { Chunks } from "../../session-store/text-lines.js";
import type { Report } from "./import-problem.js";

/** What one entry of a log file is imported as. */
export interface LogEntry {
  /** Of the file; counts from 1. */
  readonly line: number;
  /** The entry as it was read. */
  readonly entry: Entry;
  /** The entries that the daemon takes for it: itself, or a start in parts. */
  readonly parts: readonly SizedEntry[];
}

/** An entry, with the size of its encoding in bytes. */
export interface SizedEntry {
  readonly entry: Entry;
  readonly bytes: number;
}

/** What reading a log file needs besides the file. */
export interface LogEntriesOptions {
  readonly limits: Limits;
  /** The session that the file lies in; canonical. */
  readonly sessionId: string;
  readonly report: Report;
}

/**
 * Reads a log file as the entries of an import, with a report of what does not come in whole. What the
 * daemon would refuse ends the log there: what stands behind it would be about another conversation.
 */
export async function* logEntries(
  chunks: Chunks,
  { limits, sessionId, report }: LogEntriesOptions,
): AsyncGenerator<LogEntry, void, undefined> {
  let isFirst = true;
  for await (const { line, entries, problems } of readLog(chunks)) {
    for (const problem of problems) report({ line, problem });
    for (const entry of entries) {
      const parts = admitted(entry, limits);
      if (typeof parts === "string") {
        report({ line, problem: `${parts}: left out, with all that follows it` });
        return;
      }
      if (parts.length > 1) report({ line, problem: splitProblem(parts.length) });
      if (isFirst && isOfAnotherSession(entry, sessionId)) {
        report({ line, problem: "names another session than the folder that the log lies in: imported into the folder's" });
      }
      isFirst = false;
      yield { line, entry, parts };
    }
  }
}

/** The entry as the daemon takes it, or why it does not: the daemon's own rules are asked beforehand, so that the line can be told. */
function admitted(entry: Entry, limits: Limits): readonly SizedEntry[] | string {
  try {
    return splitStart(entry, limits).map((part) => {
      const bytes = toBinary(EntrySchema, part);
      parseEntry(bytes, "the entry", limits, "import");
      return { entry: part, bytes: bytes.length };
    });
  } catch (error) {
    if (isSeglogError(error)) return error.message;
    throw error;
  }
}

/** To the seed's code the folder counts, too. What the start says is kept. */
function isOfAnotherSession({ kind }: Entry, sessionId: string): boolean {
  return kind.case === "segmentStart" && parseId(kind.value.sessionId) !== sessionId;
}

function splitProblem(count: number): string {
  return `larger than an entry may be, kept whole as ${count} entries: from here on indexes differ by ${count - 1} more from those in the file`;
}
