import { toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";

/** Bounds of one batch. */
export interface BatchLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
  /** After this long without another entry, a batch is given as it is, in milliseconds. */
  readonly idleMs: number;
}

/** Bytes that an entry takes in a request besides its own: tag and length. */
const FRAME_BYTES = 6;

/**
 * Gathers entries into batches: each as full as the bounds allow, or what there is when nothing more
 * comes for a while, so that a slow writer's entries do not wait for its end.
 *
 * An entry that is larger than a batch is one by itself. Where the source fails, what came before is given, however soon
 * the failure follows it; then the failure is thrown.
 */
export async function* batches(entries: AsyncIterable<Entry>, limits: BatchLimits): AsyncGenerator<Entry[], void, undefined> {
  const source = entries[Symbol.asyncIterator]();
  let batch: Entry[] = [];
  let bytes = 0;
  let failure: { readonly error: unknown } | undefined;
  const nextOrEnd = () =>
    source.next().catch((error: unknown): IteratorResult<Entry, undefined> => {
      failure = { error };
      return { done: true, value: undefined };
    });
  try {
    for (let next = nextOrEnd(); ; next = nextOrEnd()) {
      if (batch.length > 0 && (await isIdle(next, limits.idleMs))) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      const { done, value: entry } = await next;
      if (done === true) break;
      const entryBytes = toBinary(EntrySchema, entry).length + FRAME_BYTES;
      if (batch.length > 0 && (batch.length === limits.entriesMax || bytes + entryBytes > limits.bytesMax)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(entry);
      bytes += entryBytes;
    }
    if (batch.length > 0) yield batch;
    if (failure !== undefined) throw failure.error;
  } finally {
    // Not awaited: a source that waits for its next line cannot end before that has come.
    source.return?.().catch(() => {});
  }
}

async function isIdle(next: Promise<unknown>, idleMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, idleMs, true);
  });
  try {
    return await Promise.race([next.then(() => false), idle]);
  } finally {
    clearTimeout(timer);
  }
}
