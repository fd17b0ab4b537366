import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { type Measured, startSeglog } from "./processes.js";
import { RawCaller } from "./raw-caller.js";

/** A daemon and the ways to it. */
export interface SeglogBench {
  readonly seglog: Measured;
  /** For what is not measured. */
  readonly client: SegmentClient;
  /** For what is. */
  readonly caller: RawCaller;
  /** Creates an empty segment in a session of its own, and gives its id. */
  newSegment(): Promise<string>;
  /** Has something done when all is over, in the opposite order of being called, before the daemon stops. */
  onEnd(stop: () => unknown): void;
}

/**
 * Starts a daemon on a store in a folder, does something with it, and stops it.
 *
 * @param flags of `seglog serve`, besides where it listens and keeps its store
 */
export async function withSeglog<Result>(
  folder: string,
  use: (bench: SeglogBench) => Promise<Result>,
  flags: readonly string[] = [],
): Promise<Result> {
  const stops: (() => unknown)[] = [];
  const onEnd = (stop: () => unknown) => stops.push(stop);
  try {
    const seglog = await startSeglog(folder, flags);
    onEnd(() => seglog.stop());
    const client = createSegmentClient({ socket: seglog.socket });
    onEnd(() => client.close());
    const caller = await RawCaller.connect(seglog.socket);
    onEnd(() => caller.close());
    const newSegment = async () => (await client.createSegment({})).segment?.segmentId ?? "";
    return await use({ seglog, client, caller, newSegment, onEnd });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}
