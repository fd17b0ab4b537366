import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { socketOf } from "../daemon/daemon-process.js";
import { RestartingDaemon } from "../daemon/restarting-daemon.js";
import { Connection } from "../load/connection.js";
import { type Random, seededRandom } from "../load/random.js";
import type { Compared } from "./compare-stores.js";
import { MirrorProcess, RestartingMirror } from "./mirror-process.js";
import type { MirrorTarget } from "./mirror-target.js";
import { type LoadCounts, TreeLoad } from "./tree-load.js";

/** How mirrors under kill -9 are tried. */
export interface MirrorKillsParams {
  readonly main: string;
  readonly folder: string;
  readonly kills: number;
  /** Decides what is written, who is killed, and when. */
  readonly seed: number;
  /** Makes the copy's place. */
  readonly startTarget: (folder: string, random: Random) => Promise<MirrorTarget>;
}

/** What it came to, once the copy has been found right. */
export interface MirrorKillsResult extends Compared {
  readonly kills: Readonly<Record<string, number>>;
  readonly counts: LoadCounts;
  /** How often the mirrors told that the copy was durable up to somewhere. */
  readonly keptCount: number;
  readonly seconds: number;
}

/** Longest time between two kills, in milliseconds, behind what may be waited for besides. */
const PAUSE_MS_MAX = 1000;

/** Of the kills, this part waits until the mirror has told that it has come further: the others mostly meet it as it begins. */
const PATIENT_PART = 0.5;

/** How long such a kill waits, in milliseconds. */
const PATIENCE_MS = 15_000;

/** What a run may take, in milliseconds, and what each kill adds to it. */
const RUN_MS_MAX = 120_000;
const KILL_MS_MAX = 20_000;

/**
 * Writes to a source while it, its mirror or the mirror's target are killed with SIGKILL and started again; then has the mirror
 * catch up and compares. The comparison itself is tried on a copy that is damaged by hand, which `--compare` has to mend.
 *
 * @throws Error where the copy is not what the source is, or a mirror ended by itself
 */
export async function runMirrorKills(params: MirrorKillsParams): Promise<MirrorKillsResult> {
  const { main, folder, kills, seed } = params;
  const startMs = performance.now();
  const random = seededRandom(seed);
  const sourceFolder = join(folder, "source");
  await mkdir(sourceFolder, { recursive: true, mode: 0o700 });
  const source = await RestartingDaemon.start({ main, folder: sourceFolder }, random);
  const target = await params.startTarget(join(folder, "target"), random);
  const command = { main, socket: socketOf({ folder: sourceFolder }), to: target.to, stateHome: folder };
  const connection = new Connection(command.socket, () => source.serving());
  const mirror = new RestartingMirror(command);
  let isOver = false;
  const load = new TreeLoad(connection, seededRandom(seed + 1));
  const writing = load.run(() => isOver);
  writing.catch(() => undefined); // awaited below
  const late = new AbortController();
  try {
    const work = async (): Promise<Compared & { readonly killed: Record<string, number> }> => {
      const killed = await killAtRandom({ kills, random, mirror, victims: { mirror, source, ...target.victims } });
      isOver = true;
      await writing;
      await mirror.stop();
      await once(command, []);
      const compared = await target.compare({ main, socket: command.socket, folder });
      await damageAndMend(params, command, target);
      return { ...compared, killed };
    };
    const tooLate = delay(RUN_MS_MAX + kills * KILL_MS_MAX, undefined, { signal: late.signal }).then(() => {
      throw new Error("the run has taken too long");
    });
    const { killed, ...compared } = await Promise.race([work(), tooLate]);
    return { ...compared, kills: killed, counts: load.counts, keptCount: mirror.keptCount, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    late.abort();
    isOver = true;
    connection.close();
    await mirror.stop().catch(() => undefined); // it was stopped, or its end has been thrown
    await target.stop();
    await source.stop();
  }
}

interface Killable {
  kill(): Promise<void>;
}

async function killAtRandom({
  kills,
  random,
  mirror,
  victims,
}: {
  readonly mirror: RestartingMirror;
  readonly kills: number;
  readonly random: Random;
  readonly victims: Readonly<Record<string, Killable>>;
}): Promise<Record<string, number>> {
  const killed: Record<string, number> = {};
  const names = Object.keys(victims);
  for (let i = 0; i < kills; i++) {
    if (random() < PATIENT_PART) await orLater(mirror.keepsAgain());
    await delay(random() * PAUSE_MS_MAX);
    const name = names[Math.floor(random() * names.length)] ?? "mirror";
    await victims[name]?.kill();
    killed[name] = (killed[name] ?? 0) + 1;
  }
  return killed;
}

async function orLater(awaited: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const later = delay(PATIENCE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([awaited, later]);
  timer.abort();
}

async function once(command: ConstructorParameters<typeof MirrorProcess>[0], flags: readonly string[]): Promise<void> {
  const { end, stderr } = await new MirrorProcess(command, ["--once", ...flags]).ended;
  assert.equal(end, 0, `the mirror's end:\n${stderr}`);
}

/** The control: a copy that is not what it should be has to be reported, and mended where a mirror is told to compare. */
async function damageAndMend(
  { main, folder }: MirrorKillsParams,
  command: ConstructorParameters<typeof MirrorProcess>[0],
  target: MirrorTarget,
): Promise<void> {
  await target.damage();
  const where = { main, socket: command.socket, folder };
  await assert.rejects(target.compare(where), assert.AssertionError, "the comparison takes a damaged copy for a whole one");
  await once(command, ["--compare"]);
  await target.compare(where);
}
