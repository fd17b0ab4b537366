import type { Entry } from "../../gen/seglog/v1/entry_pb.js";
import type { ClientContext } from "./with-client.js";

/** Which entries of a segment's own log to read: all, or so many from an index on. */
export interface EntryRange {
  readonly segmentId: string;
  readonly fromIndex?: bigint;
  readonly limit?: bigint;
}

/** The entries of a segment's own log, one by one. */
export async function* readLog({ client, signal }: ClientContext, range: EntryRange): AsyncGenerator<Entry, void, undefined> {
  const { segmentId, fromIndex = 0n, limit = 0n } = range;
  for await (const { entries } of client.readEntries({ segmentId, fromIndex, limit }, { signal })) yield* entries;
}
