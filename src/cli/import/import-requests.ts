import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { ImportSegmentRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { type Limits, RESPONSE_BYTES } from "../../model/limits.js";
import type { SizedEntry } from "./log-entries.js";

/** One message of an import. */
export type ImportRequest = MessageInitShape<typeof ImportSegmentRequestSchema>;

/** Where an import goes; ids in any form. */
export interface ImportTarget {
  readonly sessionId: string;
  readonly segmentId: string;
}

const ENTRIES_MAX = 1000;

/** Bytes that ids take in a message, and each entry besides its own. */
const ENVELOPE_BYTES = 128;
const FRAME_BYTES = 6;

/** Gathers entries into the messages of an import: about 1 MiB each, unless a single entry is larger. */
export async function* importRequests(
  target: ImportTarget,
  entries: AsyncIterable<SizedEntry>,
  { requestBytesMax }: Pick<Limits, "requestBytesMax">,
): AsyncGenerator<ImportRequest, void, undefined> {
  const bytesMax = Math.min(RESPONSE_BYTES, requestBytesMax) - ENVELOPE_BYTES;
  let gathered: Entry[] = [];
  let gatheredBytes = 0;
  for await (const { entry, bytes } of entries) {
    const isFull = gathered.length === ENTRIES_MAX || gatheredBytes + bytes + FRAME_BYTES > bytesMax;
    if (gathered.length > 0 && isFull) {
      yield { ...target, entries: gathered };
      gathered = [];
      gatheredBytes = 0;
    }
    gathered.push(entry);
    gatheredBytes += bytes + FRAME_BYTES;
  }
  if (gathered.length > 0) yield { ...target, entries: gathered };
}
