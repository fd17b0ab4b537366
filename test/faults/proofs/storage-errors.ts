import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DaemonProcess, type ProcessEnd, socketOf } from "../../journeys/daemon/daemon-process.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import { compileC } from "../machine/compile-c.js";
import { requirePrograms } from "../machine/requirements.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { checkAcknowledged } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";
import { endWithin } from "../running/end-within.js";
import { Follower } from "../running/follower.js";

/** An error of the disk stops the daemon within this, in milliseconds. */
const FAIL_STOP_MS = 3000;

/** One that has not ended by now lives on, however busy the machine is. In milliseconds. */
const LIVES_ON_MS = 20_000;

/** Appends that a trial makes where nothing stops it. */
const ATTEMPTS = 200;

const FAILURES = ["EIO", "ENOSPC", "EDQUOT", "short"] as const;

/** One call that fails, and how. */
interface Fault {
  /** Which call on the store's file, counted from 1. */
  readonly at: number;
  readonly as: (typeof FAILURES)[number];
  /** Whether all later ones fail too. */
  readonly always: boolean;
}

/** What a trial came to. */
interface Trial {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly isStopped: boolean;
  readonly isStartFailed: boolean;
  readonly stopMs: number;
}

/** Each write to and flush of the store's file fails in turn. */
export const storageErrorsProof: Proof = {
  name: "storage-errors",
  title: "whichever call on the disk fails, nothing is acknowledged that is not there after a restart, and the daemon ends",
  short: ["--points", "60", "--sample", "20"],
  full: ["--points", "60"],
  async run(flags) {
    const { points, sample, seed } = integerFlags(flags, { points: 60, sample: 0 });
    requirePrograms("cc");
    const all = Array.from({ length: points }, (_, i) => i + 1).flatMap((at) =>
      FAILURES.flatMap((as) => [false, true].map((always): Fault => ({ at, as, always }))),
    );
    const faults = sample === 0 ? all : sampled(all, sample, seed);
    return Daemons.use(async (daemons) => {
      const shim = await compileC("fail-io", await daemons.folder(), "-shared", "-fPIC", "-ldl");
      const trials: Trial[] = [];
      for (const fault of faults) {
        try {
          trials.push(await tryFault(daemons, shim, fault));
        } catch (error) {
          throw new Error(`with --at ${fault.at} as ${fault.as}${fault.always ? ", and all later ones" : ""}`, { cause: error });
        }
      }
      const readCount = await readOnBrokenDisk(daemons, shim);
      const sum = (of: (trial: Trial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
      const stopped = trials.filter(({ isStopped }) => isStopped).length;
      assert(stopped > faults.length / 2, `only ${stopped} of ${faults.length} faults were met with`);
      console.log(
        figures({
          "calls that failed": faults.length,
          "daemons that ended of it": stopped,
          "  while they started": trials.filter(({ isStartFailed }) => isStartFailed).length,
          "longest time to the end, ms": Math.round(Math.max(...trials.map(({ stopMs }) => stopMs))),
          "entries acknowledged": sum(({ acknowledged }) => acknowledged),
          "outcomes unknown": sum(({ unknown }) => unknown),
          "entries read from a broken disk": readCount,
        }),
      );
      return `${faults.length} faults, ${sum(({ acknowledged }) => acknowledged)} entries acknowledged, 0 falsely`;
    });
  },
};

/** A daemon works until a call fails it; another one on the same store is asked what is there. */
async function tryFault(daemons: Daemons, shim: string, fault: Fault): Promise<Trial> {
  const folder = await daemons.folder();
  const told = join(folder, "told");
  const daemon = daemons.spawn(folder, { env: failing(shim, fault, told) });
  const attempts: Attempt[] = [];
  let segmentId: string | undefined;
  const shown: Follower[] = [];
  const isStartFailed = !(await cameUp(daemon));
  if (!isStartFailed) {
    segmentId = await daemons.aSegment(folder).catch(() => undefined);
    if (segmentId !== undefined) {
      const scope = { case: "segmentId", value: segmentId } as const;
      await daemons.withClient(folder, async (client) => {
        const follower = new Follower(client, scope);
        shown.push(follower);
        const load = new Appender({ socket: socketOf({ folder }), segmentId: scope.value, name: "a", attemptsMax: ATTEMPTS / 8 });
        attempts.push(...(await load.finished()));
        await follower.leave();
      });
    }
  }
  const { end, stopMs } = await endOf(daemon, told);
  if (existsSync(told)) assert.notEqual(end, 0, `the daemon ended well though a call on the disk had failed:\n${daemon.log}`);
  else assert.equal(end, 0, `the daemon ended badly though no call on the disk had failed:\n${daemon.log}`);
  assert(stopMs < FAIL_STOP_MS, `the daemon ended ${stopMs} ms after the call had failed`);

  const next = await daemons.start(folder);
  const counts =
    segmentId === undefined
      ? { acknowledged: 0, unknown: 0 }
      : await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts, shown[0]?.entries));
  assert.equal(await next.end("SIGTERM"), 0);
  await daemons.forget(folder);
  return { acknowledged: counts.acknowledged, unknown: counts.unknown, isStopped: end !== 0, isStartFailed, stopMs };
}

/** On a disk that takes nothing more, what is there can be read, and nothing is acknowledged. */
async function readOnBrokenDisk(daemons: Daemons, shim: string): Promise<number> {
  const folder = await daemons.folder();
  const first = await daemons.start(folder);
  const segmentId = await daemons.aSegment(folder);
  const load = new Appender({ socket: socketOf({ folder }), segmentId, name: "a", attemptsMax: 25 });
  const attempts = await load.finished();
  await first.end("SIGTERM");

  const broken = await daemons.start(folder, { env: failing(shim, { at: 1, as: "EIO", always: true }, join(folder, "told")) });
  const { acknowledged } = await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts));
  assert.equal(acknowledged, attempts.length, "entries read from a disk that takes no writes");
  const late = await new Appender({
    socket: socketOf({ folder }),
    segmentId,
    name: "late",
    clients: 1,
    lanes: 1,
    attemptsMax: 2,
  }).finished();
  assert(
    late.every(({ told }) => told.state !== "acknowledged"),
    "an append to a disk that takes no writes was acknowledged",
  );
  assert.notEqual(await endWithin(broken, LIVES_ON_MS), 0);
  return acknowledged;
}

/** Its end, which is asked for where no call had failed; and how long it took after one had. */
async function endOf(daemon: DaemonProcess, told: string): Promise<{ readonly end: ProcessEnd; readonly stopMs: number }> {
  if (!existsSync(told)) return { end: await daemon.end("SIGTERM"), stopMs: 0 };
  const failedMs = Number(/^\d+ \w+ (\d+)$/m.exec(readFileSync(told, "utf8"))?.[1]);
  const end = await endWithin(daemon, LIVES_ON_MS);
  return { end, stopMs: Date.now() - failedMs };
}

async function cameUp(daemon: DaemonProcess): Promise<boolean> {
  try {
    await daemon.serving();
    return true;
  } catch {
    return false;
  }
}

function failing(shim: string, { at, as, always }: Fault, told: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: shim,
    FAIL_IO_AT: String(at),
    FAIL_IO_AS: as,
    FAIL_IO_TOLD: told,
    ...(always && { FAIL_IO_ALWAYS: "1" }),
  };
}

/** So many of them, at random, in their order. */
function sampled(faults: readonly Fault[], count: number, seed: number): readonly Fault[] {
  const random = seededRandom(seed);
  const ranked = faults.map((fault) => ({ fault, rank: random() })).toSorted((a, b) => a.rank - b.rank);
  const chosen = new Set(ranked.slice(0, count).map(({ fault }) => fault));
  return faults.filter((fault) => chosen.has(fault));
}
