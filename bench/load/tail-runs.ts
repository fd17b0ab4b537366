import { LAST_POSITION, type SentMessages } from "../floors/sender.js";
import { monotonicMs } from "./clock.js";
import type { Received } from "./observer-process.js";
import { TAIL_PATH } from "./observers.js";
import type { TailBench } from "./tail-bench.js";

/** What one run of a tail gave, or of the floor. */
export interface TailRun {
  /** That all observers together received. */
  readonly megabytes: number;
  readonly megabytesPerSecond: number;
  /** Of who sent. */
  readonly cpuSeconds: number;
  readonly observersCpuSeconds: number;
  /** What one observer received, on an average. */
  readonly perObserver: SentMessages;
}

/** What is to be received, and from whom. */
export interface TailTask {
  readonly observerCount: number;
  readonly source: { readonly socket: string; cpuSeconds(): number };
  /** The request that each observer makes. */
  readonly request: Uint8Array;
  /** Whether the clock starts when all observers have caught up, and not with their request. */
  readonly isFollowing: boolean;
  /** Sets off what they receive and gives the position where they have all. */
  send(): Promise<number>;
}

/** Connects observers, has them receive, and disconnects them. */
export async function tailRun({ observers }: TailBench, task: TailTask): Promise<TailRun> {
  const { observerCount, source, isFollowing } = task;
  const follow = () => observers.ask("follow", TAIL_PATH, task.request);
  await observers.ask("connect", source.socket, observerCount);
  if (isFollowing) {
    await follow();
    await observers.ask("receive", 0);
  }
  const cpuBefore = { source: source.cpuSeconds(), observers: observers.cpuSeconds() };
  const startMs = monotonicMs();
  if (!isFollowing) await follow();
  const received = await observers.ask("receive", await task.send());
  const cpuSeconds = source.cpuSeconds() - cpuBefore.source;
  const observersCpuSeconds = observers.cpuSeconds() - cpuBefore.observers;
  await observers.ask("disconnect");
  const megabytes = received.bytes / 1e6;
  return {
    megabytes,
    megabytesPerSecond: megabytes / ((received.lastAtMs - startMs) / 1000),
    cpuSeconds,
    observersCpuSeconds,
    perObserver: averageOf(received, observerCount),
  };
}

/** The floor: has the sender send messages like those of a tail, so many times over. */
export async function senderRun(
  bench: TailBench,
  options: Pick<TailTask, "observerCount" | "request"> & { readonly perObserver: SentMessages; readonly times: number },
): Promise<TailRun> {
  const { sender, senderSocket } = bench;
  await sender.ask("prepare", options.perObserver);
  const source = { socket: senderSocket, cpuSeconds: () => sender.cpuSeconds() };
  const send = async () => {
    await sender.ask("send", options.times);
    return LAST_POSITION;
  };
  return await tailRun(bench, { ...options, source, isFollowing: true, send });
}

function averageOf({ bytes, messages }: Received, observerCount: number): SentMessages {
  return { count: Math.max(1, Math.round(messages / observerCount)), bytes: Math.round(bytes / messages) };
}

/** Measures, keeps what came of it and gives its rate, as `inTurn` wants it. */
export async function rateKeptIn(runs: TailRun[], measure: () => Promise<TailRun>): Promise<number> {
  const run = await measure();
  runs.push(run);
  return run.megabytesPerSecond;
}

/** Who used the processor, in a sentence. */
export function processorTimes(tails: readonly TailRun[], sent: readonly TailRun[]): string {
  const seconds = (runs: readonly TailRun[], of: "cpuSeconds" | "observersCpuSeconds") => {
    const sum = (figures: readonly number[]) => figures.reduce((total, figure) => total + figure, 0);
    return ((sum(runs.map((run) => run[of])) / sum(runs.map(({ megabytes }) => megabytes))) * 1000).toFixed(2);
  };
  const daemon = `the daemon ${seconds(tails, "cpuSeconds")} and its observers ${seconds(tails, "observersCpuSeconds")}`;
  const sender = `the sender ${seconds(sent, "cpuSeconds")} and its own ${seconds(sent, "observersCpuSeconds")}`;
  return `seconds of processor time a GB: ${daemon}; ${sender}`;
}
