import { SegmentClientError } from "../../client/client-error.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

/** A segment was cut back or deleted at the source while it was read. The feed tells of it, behind where the mirror is. */
export class SourceChangedError extends Error {
  override readonly name = "SourceChangedError";
}

const CHANGES: ReadonlySet<string | undefined> = new Set(["SEGMENT_CHANGED", "SEGMENT_NOT_FOUND", "SESSION_NOT_FOUND"]);

/** What reading a segment of the source throws: a change of it by that name, so that it is not taken for one of the copy. */
export function sourceError(error: unknown): unknown {
  if (!(error instanceof SegmentClientError)) return error;
  if (CHANGES.has(error.reason)) return new SourceChangedError(error.message, { cause: error });
  return damageAtSource(error);
}

/** Where stored bytes of the source are damaged, an error that says that it is the source's; otherwise the error as it was. */
export function damageAtSource(error: unknown): unknown {
  if (!(error instanceof SegmentClientError) || error.reason !== "CHECKSUM_MISMATCH") return error;
  return new CommandError(EXIT.notWhole, `the source is damaged: ${error.message}`, error, ["see docs/damage.md; the copy stays as it is"]);
}

/** Gives what a stream of the source gives, with its errors told as such. */
export async function* fromSource<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part, void, undefined> {
  try {
    yield* parts;
  } catch (error) {
    throw sourceError(error);
  }
}
