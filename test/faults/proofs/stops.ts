import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { STOP_MS_MAX } from "../../../src/model/limits.js";
import { type ProcessEnd, socketOf } from "../../journeys/daemon/daemon-process.js";
import type { PlacedEntry } from "../../journeys/load/observer.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { checkAcknowledged } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";
import { Follower } from "../running/follower.js";

/** One store, from one daemon to the next. */
interface Log {
  readonly folder: string;
  segmentId: string;
  readonly attempts: Attempt[];
  readonly shown: PlacedEntry[];
  resumeToken: string | undefined;
}

/** SIGTERM comes under load, twice, and during a start. */
export const stopsProof: Proof = {
  name: "stops",
  title:
    "SIGTERM under load answers what is in flight within 5 s and ends tails to be resumed; a second one, or one during a start, loses nothing",
  short: ["--stops", "9"],
  full: ["--stops", "200"],
  async run(flags) {
    const { stops, seed } = integerFlags(flags, { stops: 200 });
    const random = seededRandom(seed);
    return Daemons.use(async (daemons) => {
      const log: Log = { folder: await daemons.folder(), segmentId: "", attempts: [], shown: [], resumeToken: undefined };
      const ends: Record<string, number> = {};
      let longestMs = 0;
      const startMs = await timeOfStart(daemons, log.folder);
      for (let stop = 0; stop < stops; stop++) {
        const [how, { end, stopMs }] =
          stop % 3 === 0
            ? ["under load", await stopUnderLoad(daemons, log, random, false)]
            : stop % 3 === 1
              ? ["twice under load", await stopUnderLoad(daemons, log, random, true)]
              : ["during a start", await stopDuringStart(daemons, log, random() * startMs)];
        longestMs = Math.max(longestMs, stopMs);
        const row = `${how}, ended with ${end}`;
        ends[row] = (ends[row] ?? 0) + 1;
      }
      const last = await daemons.start(log.folder);
      const checked = await daemons.withClient(log.folder, (client) => checkAcknowledged(client, log.segmentId, log.attempts, log.shown));
      await last.end("SIGTERM");
      console.log(
        figures({
          ...ends,
          "longest stop, ms": Math.round(longestMs),
          "entries acknowledged": checked.acknowledged,
          "appends refused": checked.refused,
          "outcomes unknown": checked.unknown,
          "  were stored": checked.unknownStored,
          "entries that the tail gave": log.shown.length,
        }),
      );
      return `${stops} stops, ${checked.acknowledged} entries acknowledged, 0 lost, longest ${Math.round(longestMs)} ms`;
    });
  },
};

/** How long a start takes here, and a little more, in milliseconds: a signal during one falls somewhere within. */
async function timeOfStart(daemons: Daemons, folder: string): Promise<number> {
  const startMs = performance.now();
  const daemon = await daemons.start(folder);
  const tookMs = performance.now() - startMs;
  await daemon.end("SIGTERM");
  return tookMs * 1.3;
}

interface Stopped {
  readonly end: ProcessEnd;
  readonly stopMs: number;
}

async function stopUnderLoad(daemons: Daemons, log: Log, random: Random, isTwice: boolean): Promise<Stopped> {
  const { folder } = log;
  const daemon = await daemons.start(folder);
  if (log.segmentId === "") log.segmentId = await daemons.aSegment(folder);
  const { segmentId } = log;
  return daemons.withClient(folder, async (client) => {
    const follower = new Follower(client, { case: "segmentId", value: segmentId }, log.resumeToken);
    const load = new Appender({ socket: socketOf({ folder }), segmentId, name: String(log.attempts.length) });
    await load.acknowledged(20 + Math.floor(random() * 200));
    await delay(random() * 5);

    const startMs = performance.now();
    const ended = daemon.end("SIGTERM");
    if (isTwice) {
      await delay(random() * 10);
      void daemon.end("SIGTERM");
    }
    const end = await ended;
    const stopMs = performance.now() - startMs;
    const attempts = await load.finished();
    const tailEnd = await follower.ended;

    log.attempts.push(...attempts);
    log.shown.push(...follower.entries);
    log.resumeToken = follower.resumeToken;
    assert(stopMs < STOP_MS_MAX, `the stop took ${stopMs} ms`);
    if (isTwice) {
      assert(end === 0 || end === "SIGTERM", `ended with ${end}`);
      return { end, stopMs };
    }
    assert.equal(end, 0, daemon.log);
    assert(!existsSync(socketOf({ folder })), "the socket is gone");
    assert(tailEnd instanceof SegmentClientError && tailEnd.reason === "DRAINING", `the tail ended with ${String(tailEnd)}`);
    assert.notEqual(log.resumeToken, undefined);
    for (const { told } of attempts) {
      if (told.state === "refused") assert.equal(told.reason, "DRAINING");
      if (told.state === "unknown") assert.match(told.error.message, /ENOENT|ECONNREFUSED/, "an append that came in was not answered");
    }
    return { end, stopMs };
  });
}

/** Before it can hear the signal it dies of it; from then on it starts, and stops in good order. */
async function stopDuringStart(daemons: Daemons, log: Log, afterMs: number): Promise<Stopped> {
  const daemon = daemons.spawn(log.folder);
  await delay(afterMs);
  const startMs = performance.now();
  const end = await daemon.end("SIGTERM");
  const stopMs = performance.now() - startMs;
  assert(end === 0 || end === "SIGTERM", `ended with ${end}:\n${daemon.log}`);
  assert(stopMs < STOP_MS_MAX, `the stop took ${stopMs} ms`);
  return { end, stopMs };
}
