import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { AppendResponse, OnConflict } from "../../../gen/seglog/v1/segment_service_pb.js";
import { newRequestId } from "../request-id.js";
import type { ClientContext } from "../with-client.js";

/** Where entries are to go. */
export interface AppendTarget {
  readonly segmentId: string;
  /** Entries that the segment is believed to have; not checked where undefined. */
  readonly entryCount: bigint | undefined;
  readonly onConflict: OnConflict;
}

/**
 * Appends batch after batch, each a unit by itself, and gives their answers. From the second on each
 * expects the segment as the one before it left it, so that all of them follow each other; where a
 * conflict became a fork, the rest goes there too.
 */
export async function* appendBatches(
  { client, signal }: ClientContext,
  target: AppendTarget,
  batches: AsyncIterable<Entry[]>,
): AsyncGenerator<AppendResponse, void, undefined> {
  const { onConflict } = target;
  let { segmentId } = target;
  let precondition: { entryCount: bigint; headPosition?: bigint } | undefined;
  if (target.entryCount !== undefined) precondition = { entryCount: target.entryCount };
  for await (const entries of batches) {
    const request = { segmentId, entries, onConflict, requestId: newRequestId(), ...(precondition && { precondition }) };
    const appended = await client.append(request, { signal });
    yield appended;
    segmentId = appended.segmentId;
    precondition = { entryCount: appended.entryCount, headPosition: appended.headPosition };
  }
}
