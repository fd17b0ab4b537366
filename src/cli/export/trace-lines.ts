import { writeTraceLine } from "../../session-store/trace-line.js";
import type { ClientContext } from "../with-client.js";

/** A segment's trace as lines of the JSONL layout; undefined for a record that has no form there. */
export async function* traceLines(
  { client, signal }: ClientContext,
  segmentId: string,
): AsyncGenerator<string | undefined, void, undefined> {
  for await (const { entries } of client.readTrace({ segmentId }, { signal })) yield* entries.map(writeTraceLine);
}
