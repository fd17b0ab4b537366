import { join } from "node:path";
import type { SenderAnswers } from "../floors/sender.js";
import { AskedProcess } from "./asked-process.js";
import { type Observers, startObservers } from "./observers.js";
import { type SeglogBench, withSeglog } from "./with-seglog.js";

/** What every case of tails takes: a daemon with a segment, observers, and the floor. */
export interface TailBench extends SeglogBench {
  readonly segmentId: string;
  readonly observers: Observers;
  readonly sender: AskedProcess<SenderAnswers>;
  /** Where the sender listens. */
  readonly senderSocket: string;
}

/** Starts all that, does something with it, and stops it. */
export function withTailBench<Result>(folder: string, use: (bench: TailBench) => Promise<Result>): Promise<Result> {
  return withSeglog(folder, async (bench) => {
    const observers = await startObservers();
    bench.onEnd(() => observers.stop());
    const sender = await AskedProcess.start<SenderAnswers>(new URL("../floors/sender.js", import.meta.url));
    bench.onEnd(() => sender.stop());
    const senderSocket = join(folder, "sender.sock");
    await sender.ask("listen", senderSocket);
    return await use({ ...bench, segmentId: await bench.newSegment(), observers, sender, senderSocket });
  });
}
