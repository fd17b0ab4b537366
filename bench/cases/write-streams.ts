import type { AppendShape } from "../load/append-messages.js";
import type { Written } from "../load/append-process.js";
import type { ProcessorUse } from "../load/processor-use.js";
import type { WriteBench } from "../load/write-bench.js";

/** How a daemon is written to. */
export interface StreamWrites extends Omit<AppendShape, "hasRequestIds"> {
  /** Each stream has its own; there are as many streams as lists. */
  readonly segmentIds: readonly (readonly string[])[];
  /** Messages that wait for their answers, in each stream. */
  readonly window: number;
  readonly seconds: number;
  /** In each stream; without a bound where unset. */
  readonly messages?: number;
  readonly hasRequestIds?: boolean;
}

/** Writes streams at once to a daemon and says what was acknowledged. */
export async function writeStreams({ seglog, writers }: WriteBench, writes: StreamWrites, use?: ProcessorUse): Promise<Written> {
  const { segmentIds, messages = Number.POSITIVE_INFINITY, hasRequestIds = false, ...shape } = writes;
  const daemonBefore = seglog.cpuSeconds();
  const written = await writers.ask(
    "streams",
    segmentIds.map((ids) => ({ ...shape, segmentIds: ids, messages, hasRequestIds, socket: seglog.socket })),
  );
  const { seconds, cpuSeconds, entries } = written;
  use?.add({ seconds, daemonSeconds: seglog.cpuSeconds() - daemonBefore, loadSeconds: cpuSeconds, appends: entries });
  return written;
}
