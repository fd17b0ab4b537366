import assert from "node:assert/strict";
import { linkSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { type DaemonProcess, type ProcessEnd, socketOf } from "../../journeys/daemon/daemon-process.js";
import { type PlacedEntry, placed } from "../../journeys/load/observer.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { checkAcknowledged } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";
import { endOrLate } from "../running/end-within.js";

/** A daemon notices at its next commit, or is ended by the system when it reads what is not there. In milliseconds. */
const END_MS_MAX = 3000;

/** One that has not ended by now lives on, however busy the machine is. In milliseconds. */
const LIVES_ON_MS = 20_000;

/** In place of the end of a daemon that could not notice. */
const GROWN_OVER = "outgrown";

const PAGE_BYTES = 4096;

/** What somebody does to a file in use. */
interface Change {
  readonly name: string;
  /** Whether the file that was in use can be put back. */
  readonly isKept: boolean;
  readonly make: (file: string, random: Random) => void;
}

const CHANGES: readonly Change[] = [
  { name: "emptied", isKept: false, make: (file) => truncateSync(file) },
  { name: "cut within its last pages", isKept: false, make: (file, random) => cutBy(file, PAGE_BYTES * (1 + Math.floor(random() * 4))) },
  { name: "cut in the middle of a page", isKept: false, make: (file, random) => cutBy(file, 1 + Math.floor(random() * 3 * PAGE_BYTES)) },
  { name: "cut anywhere", isKept: false, make: (file, random) => truncateSync(file, Math.floor(statSync(file).size * random())) },
  { name: "removed", isKept: true, make: (file) => rmSync(file) },
  { name: "replaced by an empty one", isKept: true, make: (file) => replace(file, Buffer.alloc(0)) },
  { name: "replaced by zeros", isKept: true, make: (file) => replace(file, Buffer.alloc(statSync(file).size)) },
  { name: "replaced by a copy of itself", isKept: true, make: (file) => replace(file, readFileSync(file)) },
];

/** The store's file is cut, removed or replaced while a daemon works on it. */
export const changedFileProof: Proof = {
  name: "changed-file",
  title: "a store whose file is cut, removed or replaced under the daemon serves nothing wrong, and acknowledges nothing to nowhere",
  short: ["--rounds", "1"],
  full: ["--rounds", "5"],
  async run(flags) {
    const { rounds, seed } = integerFlags(flags, { rounds: 5 });
    const random = seededRandom(seed);
    return Daemons.use(async (daemons) => {
      const rows: Record<string, string | number> = {};
      let acknowledged = 0;
      for (let round = 0; round < rounds; round++) {
        for (const change of CHANGES) {
          const { end, restart, attempts } = await tryChange(daemons, change, random);
          rows[change.name] = [...new Set([...String(rows[change.name] ?? "").split(" "), `${end}>${restart}`])].join(" ").trim();
          acknowledged += attempts.filter(({ told }) => told.state === "acknowledged").length;
        }
      }
      console.log("ended with > began anew with, 0 being that it serves");
      console.log(figures({ ...rows, "entries acknowledged": acknowledged }));
      return `${rounds * CHANGES.length} changes, ${acknowledged} entries acknowledged, 0 wrong`;
    });
  },
};

async function tryChange(
  daemons: Daemons,
  change: Change,
  random: Random,
): Promise<{ readonly end: ProcessEnd | typeof GROWN_OVER; readonly restart: ProcessEnd; readonly attempts: readonly Attempt[] }> {
  const folder = await daemons.folder();
  const file = join(folder, "data", "data.mdb");
  const daemon = await daemons.start(folder);
  const segmentId = await daemons.aSegment(folder);
  const load = new Appender({ socket: socketOf({ folder }), segmentId, name: "a", chars: 200 });
  await load.acknowledged(200 + Math.floor(random() * 300));
  if (change.isKept) linkSync(file, `${file}.kept`);
  const sizeBefore = statSync(file).size;

  change.make(file, random);
  const changedMs = performance.now();
  const read = daemons.withClient(folder, (client) => readWhileThere(client, segmentId));
  const end = await endOf(daemon, () => !change.isKept && statSync(file).size >= sizeBefore);
  const endMs = performance.now() - changedMs;
  const attempts = await load.finished();
  checkNothingWrong(await read, attempts);
  assert.notEqual(end, 0, `${change.name}: the daemon ended well`);
  if (end !== GROWN_OVER) assert(endMs < END_MS_MAX, `${change.name}: the daemon ended after ${endMs} ms`);

  const restart = await beginAnew(daemons, folder, segmentId, attempts);
  if (change.isKept) {
    renameSync(`${file}.kept`, file);
    const next = await daemons.start(folder);
    await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts));
    await next.end("SIGTERM");
  }
  await daemons.forget(folder);
  return { end, restart, attempts };
}

/**
 * How a daemon ends whose file was changed. A commit that was under way may put a file that was cut back to its length
 * before anybody looks: nothing in it tells that then, until zeros are read where a page was, and it is ended here.
 */
async function endOf(daemon: DaemonProcess, isGrownOver: () => boolean): Promise<ProcessEnd | typeof GROWN_OVER> {
  const end = await endOrLate(daemon, LIVES_ON_MS);
  if (end !== "late") return end;
  const isExcused = isGrownOver();
  await daemon.end("SIGKILL");
  assert(isExcused, `the daemon lived on for ${LIVES_ON_MS} ms, where it had to end:\n${daemon.log}`);
  return GROWN_OVER;
}

/** A daemon on what was left refuses it, or serves all that was acknowledged; what it finds damaged it says so. */
async function beginAnew(daemons: Daemons, folder: string, segmentId: string, attempts: readonly Attempt[]): Promise<ProcessEnd> {
  const next = daemons.spawn(folder);
  const serves = await next.serving().then(
    () => true,
    () => false,
  );
  if (!serves) return next.ended;
  const { entries, isWhole } = await daemons
    .withClient(folder, (client) => readOnce(client, segmentId))
    .catch(() => ({ entries: [], isWhole: false }));
  checkNothingWrong(entries, attempts);
  if (isWhole) await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts));
  return next.end("SIGTERM");
}

/** Reads again and again until the daemon is gone. */
async function readWhileThere(client: SegmentClient, segmentId: string): Promise<readonly PlacedEntry[]> {
  let all: readonly PlacedEntry[] = [];
  for (;;) {
    const { entries, isGone } = await readOnce(client, segmentId);
    all = [...all.slice(-10_000), ...entries];
    if (isGone) return all;
  }
}

async function readOnce(client: SegmentClient, segmentId: string) {
  const entries: PlacedEntry[] = [];
  try {
    for await (const page of client.readEntries({ segmentId })) entries.push(...page.entries.map((entry) => placed(segmentId, entry)));
    return { entries, isWhole: true, isGone: false };
  } catch (error) {
    const { codeName, reason } = error as { codeName?: string; reason?: string }; // of the client, or of nobody's
    return { entries, isWhole: false, isGone: codeName === "UNAVAILABLE" && reason === undefined };
  }
}

/** Where an entry's place is known, that entry was given for it; elsewhere, one that was sent. */
function checkNothingWrong(given: readonly PlacedEntry[], attempts: readonly Attempt[]): void {
  const sent = new Set(attempts.map(({ text }) => text));
  const texts = new Map(attempts.map(({ text, told }) => [told.state === "acknowledged" ? told.index : -1, text]));
  for (const { index, text } of given) {
    if (text === undefined) assert.equal(index, 0, `an entry without text was given at index ${index}`);
    else if (texts.has(index)) assert.equal(text, texts.get(index), `what was given at index ${index}`);
    else assert(sent.has(text), `what was given at index ${index} was never sent`);
  }
}

function cutBy(file: string, bytes: number): void {
  truncateSync(file, Math.max(0, statSync(file).size - bytes));
}

function replace(file: string, bytes: Buffer): void {
  writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
