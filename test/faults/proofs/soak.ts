import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { type DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";
import { type ChurnCounts, churn, follow } from "../running/churn.js";
import { Daemons } from "../running/daemons.js";
import { processUse } from "../running/process-use.js";
import { StoreReaders } from "../running/store-readers.js";

const MIB = 1024 * 1024;
const CHURNS = 4;
const TAILS_PER_CONNECTION = 50;
const LOOK_EVERY_MS = 2000;

/** Above twice what is in the store: its roots, free lists, marks and what purges have not come to. In bytes. */
const FILE_SLACK_BYTES = 16 * MIB;

/** From the middle third of the time to the last, more than the noise of a garbage collector. In bytes. */
const MEMORY_GROWTH_BYTES_MAX = 32 * MIB;

const DESCRIPTOR_GROWTH_MAX = 4;

/** What was seen at one look. */
interface Look {
  readonly atMs: number;
  readonly fileBytes: number;
  readonly liveBytes: number;
  readonly memoryBytes: number;
  readonly descriptorCount: number;
  /** Snapshots that the daemon held for its reads. */
  readonly snapshots: readonly number[];
}

/** Sessions come and go for long, before many tails. */
export const soakProof: Proof = {
  name: "soak",
  title: "with sessions that come and go, and many who follow, the file, memory and descriptors stay bounded and no snapshot is held on to",
  short: ["--minutes", "1", "--tails", "200"],
  full: ["--minutes", "20", "--tails", "2000"],
  async run(flags) {
    const { minutes, tails, seed } = integerFlags(flags, { minutes: 20, tails: 2000 });
    return Daemons.use(async (daemons) => {
      const folder = await daemons.folder();
      const daemon = await daemons.start(folder, { env: { SEGLOG_TAILS_MAX: String(tails + 10) } });
      const counts: ChurnCounts = { appends: 0, deletions: 0, cuts: 0, forks: 0 };
      const { looks, entriesFollowed } = await soak({ folder, daemon, counts, seed, tails, msMax: minutes * 60_000 });
      assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
      const found = check(looks);
      console.log(figures({ ...counts, tails, "entries that tails gave": entriesFollowed, looks: looks.length, ...found }));
      return `${minutes} minutes, ${counts.appends} appends, ${counts.deletions} sessions deleted, file ${found["file at its largest, of what is live"]}`;
    });
  },
};

async function soak(params: {
  readonly folder: string;
  readonly daemon: DaemonProcess;
  readonly counts: ChurnCounts;
  readonly seed: number;
  readonly tails: number;
  readonly msMax: number;
}): Promise<{ readonly looks: readonly Look[]; readonly entriesFollowed: number }> {
  const { folder, daemon, counts, seed, tails, msMax } = params;
  const endMs = performance.now() + msMax;
  const isOver = () => performance.now() >= endMs;
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal); // every tail listens to it
  const aClient = () => createSegmentClient({ socket: socketOf({ folder }) }, ONE_TRY);
  const clients = Array.from({ length: CHURNS + 2 + Math.ceil(tails / TAILS_PER_CONNECTION) }, aClient);
  const [quietClient, lookClient, ...others] = clients as [SegmentClient, SegmentClient, ...SegmentClient[]]; // so many are made
  const quiet = (await quietClient.createSegment({ state: {} })).segment?.segmentId ?? "";
  const { signal } = leaving;
  const following = Array.from({ length: tails }, (_, i) => {
    const client = others[CHURNS + Math.floor(i / TAILS_PER_CONNECTION)] ?? quietClient;
    // Four follow all that there is, and two of them slowly; the others wait for one quiet segment.
    const scope = i < 4 ? ({ case: "store", value: {} } as const) : ({ case: "segmentId", value: quiet } as const);
    return follow(client, { scope, signal, pauseMs: i === 2 || i === 3 ? 200 : 0 });
  });
  const readers = new StoreReaders(join(folder, "data"));
  const looks: Look[] = [];
  const work = [
    ...others.slice(0, CHURNS).map((client, i) => churn(client, seededRandom(seed + i), counts, isOver)),
    whisper(quietClient, quiet, isOver),
    lookAgain(async () => void looks.push(await look(lookClient, folder, daemon.pid ?? 0, readers)), isOver),
  ];
  // A tail that breaks off is not waited for until the end.
  await Promise.race([Promise.all(work), Promise.all(following)]);
  leaving.abort();
  const given = await Promise.all(following);
  await Promise.all(work);
  await readers.close();
  for (const client of clients) client.close();
  return { looks, entriesFollowed: given.reduce((sum, each) => sum + each, 0) };
}

/** An entry a second, for many who wait for it. */
async function whisper(client: SegmentClient, segmentId: string, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await client.append({ segmentId, entries: [userInput("psst")] });
    await delay(1000);
  }
}

async function lookAgain(lookOnce: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await lookOnce();
    await delay(LOOK_EVERY_MS);
  }
}

async function look(client: SegmentClient, folder: string, pid: number, readers: StoreReaders): Promise<Look> {
  let liveBytes = 0;
  for (let pageToken = ""; ; ) {
    const page = await client.listSegments({ pageSize: 1000, pageToken });
    for (const { byteSize } of page.segments) liveBytes += Number(byteSize);
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  const fileBytes = statSync(join(folder, "data", "data.mdb")).size;
  const snapshots = readers.snapshotsOf(pid);
  return { atMs: performance.now(), fileBytes, liveBytes, snapshots, ...processUse(pid) };
}

/** Compares the last third with what was before. */
function check(looks: readonly Look[]): Readonly<Record<string, string | number>> {
  const third = Math.floor(looks.length / 3);
  assert(third >= 3, `only ${looks.length} looks; wanted a longer time`);
  const [middle, last] = [looks.slice(third, 2 * third), looks.slice(2 * third)];
  const most = (of: readonly Look[], what: (look: Look) => number) => Math.max(...of.map(what));
  const fileBytes = most(looks, (each) => each.fileBytes);
  const liveBytes = most(looks, (each) => each.liveBytes);
  const [memoryBefore, memoryAfter] = [middle, last].map((part) => median(part.map(({ memoryBytes }) => memoryBytes))) as [number, number]; // of two
  const hours = (median(last.map(({ atMs }) => atMs)) - median(middle.map(({ atMs }) => atMs))) / 3_600_000;
  const descriptors = [middle, last].map((part) => most(part, ({ descriptorCount }) => descriptorCount)) as [number, number]; // likewise
  const held = longestHeld(looks);
  const found = {
    "live data at its largest, MiB": (liveBytes / MIB).toFixed(1),
    "file at its largest, MiB": (fileBytes / MIB).toFixed(1),
    "file at its largest, of what is live": (fileBytes / liveBytes).toFixed(2),
    "memory, middle third, MiB": (memoryBefore / MIB).toFixed(1),
    "memory, last third, MiB": (memoryAfter / MIB).toFixed(1),
    "  slope, MiB an hour": ((memoryAfter - memoryBefore) / MIB / hours).toFixed(1),
    "memory by tenths of the time, MiB": tenths(looks.map(({ memoryBytes }) => (memoryBytes / MIB).toFixed(0))).join(" "),
    "descriptors, middle and last third": descriptors.join(", "),
    "most looks that one snapshot was held": held,
  };
  const told = `\n${figures(found)}`;
  assert(fileBytes < 2 * liveBytes + FILE_SLACK_BYTES, `the file outgrew what is in it${told}`);
  assert(memoryAfter - memoryBefore < MEMORY_GROWTH_BYTES_MAX, `memory grows${told}`);
  assert(descriptors[1] - descriptors[0] <= DESCRIPTOR_GROWTH_MAX, `descriptors grow${told}`);
  assert(held <= 1, `a reader held on to its snapshot${told}`);
  return found;
}

/** One value of each tenth, by which a person tells what grows from what goes up and down. */
function tenths<Value>(values: readonly Value[]): readonly Value[] {
  return values.filter((_, i) => Math.floor((i * 10) / values.length) !== Math.floor(((i - 1) * 10) / values.length));
}

/** Of all snapshots, the most looks in a row that found it. Commits come all the time. */
function longestHeld(looks: readonly Look[]): number {
  let longest = 0;
  let held = new Map<number, number>();
  for (const { snapshots } of looks) {
    held = new Map(snapshots.map((snapshot) => [snapshot, (held.get(snapshot) ?? 0) + 1]));
    longest = Math.max(longest, ...held.values());
  }
  return longest;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
