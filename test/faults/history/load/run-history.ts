import { join } from "node:path";
import { type DaemonCommand, socketOf } from "../../../journeys/daemon/daemon-process.js";
import { type Random, seededRandom } from "../../../journeys/load/random.js";
import { anyId } from "../../load/choose-operation.js";
import type { History } from "../history.js";
import { Caller } from "./caller.js";
import { type CuttableDisk, FaultyDaemon } from "./faulty-daemon.js";
import { LossyProxy } from "./lossy-proxy.js";
import { readFinal } from "./read-final.js";
import { readAll } from "./reader.js";
import { headOf, Recorder } from "./recorder.js";
import { TailRecorder } from "./tail-recorder.js";
import { type KnownSegment, World } from "./world.js";
import { Writer } from "./writer.js";

const WRITERS = 8;
const READERS = 4;

/** How one history is made. */
export interface HistoryParams {
  readonly command: DaemonCommand;
  /** Where the power is to be cut. */
  readonly disk: CuttableDisk | undefined;
  /** Writes of units on one stream count as one. */
  readonly operations: number;
  /** How often the daemon is killed, or its power cut. */
  readonly faults: number;
  readonly seed: number;
}

/** A history, and what was done to its clients. */
export interface MadeHistory {
  readonly history: History;
  readonly turns: number;
  readonly kills: number;
  readonly powerCuts: number;
  /** Connections that were cut, and those of them on which answers were thrown away. */
  readonly connectionsCut: number;
  readonly repliesLost: number;
}

/** Lets writers, readers and observers at a daemon that fails, over connections that are cut, and writes down what they saw. */
export async function makeHistory({ command, disk, operations, faults, seed }: HistoryParams): Promise<MadeHistory> {
  const random = seededRandom(seed);
  const daemon = await FaultyDaemon.start(command, disk, random);
  const socket = socketOf(command);
  const proxy = await LossyProxy.listen(join(command.folder, "run", "lossy.sock"), socket, random);
  const callers: Caller[] = [];
  const call = () => {
    const caller = new Caller(join(command.folder, "run", "lossy.sock"), () => daemon.serving());
    callers.push(caller);
    return caller;
  };
  try {
    const recorder = new Recorder();
    const turns = await load({ recorder, daemon, proxy, call, random, operations, faults, seed, socket });
    const final = await readFinal(socket, recorder);
    return {
      history: { operations: recorder.operations, reads: recorder.reads, tails: recorder.tails, final },
      turns,
      kills: daemon.killCount,
      powerCuts: daemon.cutCount,
      connectionsCut: proxy.cutCount,
      repliesLost: proxy.lostCount,
    };
  } catch (error) {
    await daemon.end();
    throw error;
  } finally {
    for (const caller of callers) caller.close();
    await proxy.close();
    await daemon.stop();
  }
}

interface LoadParams extends Pick<HistoryParams, "operations" | "faults" | "seed"> {
  readonly recorder: Recorder;
  readonly daemon: FaultyDaemon;
  readonly proxy: LossyProxy;
  readonly call: () => Caller;
  readonly random: Random;
  readonly socket: string;
}

/** @returns how many operations began */
async function load({ recorder, daemon, proxy, call, random, operations, faults, seed, socket }: LoadParams): Promise<number> {
  const own = (offset: number) => seededRandom(seed * 31 + offset);
  const { roots, sessionId, quietId } = await createRoots(socket, daemon, recorder, random);
  const due = Array.from({ length: faults }, (_, i) => Math.floor(((i + random()) / faults) * operations));
  let failing: Promise<void> = Promise.resolve();
  const world = new World(roots, operations, (turn) => {
    while (due[0] !== undefined && due[0] < turn) {
      due.shift();
      failing = failing.then(() => daemon.fail());
      failing.catch(() => undefined); // awaited below
    }
  });
  const [forked, cut] = [roots[0]?.segmentId ?? "", roots[3]?.segmentId ?? ""];
  const tails = [
    { name: "t0", scope: { type: "store" }, wanders: false },
    { name: "t1", scope: { type: "session", sessionId }, wanders: false },
    { name: "t2", scope: { type: "segment", segmentId: cut }, wanders: false },
    { name: "t3", scope: { type: "segment", segmentId: quietId }, wanders: false },
    { name: "t4", scope: { type: "store" }, wanders: true },
    { name: "t5", scope: { type: "segment", segmentId: forked }, wanders: true },
  ] as const;
  const observers = tails.map((tail, i) => new TailRecorder({ ...tail, caller: call(), recorder, random: own(100 + i) }));
  const run = seed.toString(36);
  await Promise.all([
    ...Array.from({ length: WRITERS }, (_, i) => new Writer({ name: `w${i}`, caller: call(), recorder, world, random: own(i), run }).run()),
    ...Array.from({ length: READERS }, (_, i) => readAll({ name: `r${i}`, caller: call(), recorder, world, random: own(50 + i) })),
  ]);
  await failing;
  proxy.becomeHonest();
  const headPosition = await headPositionOf(call());
  await Promise.all(observers.map((observer) => observer.until(headPosition)));
  return world.turnCount;
}

/** What everybody writes to: in one session two that are forked and two that are cut, and one in another, which stays quiet. */
async function createRoots(socket: string, daemon: FaultyDaemon, recorder: Recorder, random: Random) {
  const caller = new Caller(socket, () => daemon.serving());
  const sessionId = anyId(random);
  const quietId = anyId(random);
  const roots: KnownSegment[] = [true, true, false, false].map((isForked) => ({ segmentId: anyId(random), isForked }));
  roots.push({ segmentId: quietId, isForked: false, isQuiet: true });
  for (const { segmentId } of roots) {
    const operation = recorder.begin({ id: `root ${segmentId}`, kind: "create", segmentId, values: [], forksOnConflict: false });
    const invokeNs = recorder.nowNs();
    const { segment } = await caller.client.createSegment({ segmentId, ...(segmentId !== quietId && { sessionId }) });
    if (segment === undefined) throw new Error("CreateSegment answered without a segment");
    const answer = { segmentId, ...headOf(segment), forked: false, replayed: false };
    operation.attempts.push({ invokeNs, endNs: recorder.nowNs(), outcome: { type: "ok", answer } });
  }
  caller.close();
  return { roots, sessionId, quietId };
}

async function headPositionOf(caller: Caller): Promise<number> {
  for (;;) {
    try {
      return Number((await caller.client.getStatus({})).headPosition);
    } catch {
      await caller.renew(); // what was cut before the proxy became honest
    }
  }
}
