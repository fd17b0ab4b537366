import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TailEdge } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { userInput } from "../../support/entries.js";
import { integerFlags } from "../integer-flags.js";
import { CannotRunError, type Proof } from "../proof.js";
import { logOf } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";

const HOUR_S = 3600;
const YEAR_S = 365 * 24 * HOUR_S;
const JUMPS_S = [-HOUR_S, YEAR_S, -YEAR_S, 36 * HOUR_S, 0];

/** Heartbeats come every second; one that waited for the wall clock would never come. In milliseconds. */
const HEARTBEAT_MS_MAX = 4000;

/** Where Debian's package keeps it, by machine. */
const LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`);

/** The wall clock of a daemon is set while it runs. */
export const clockJumpsProof: Proof = {
  name: "clock-jumps",
  title: "a clock that is set back or ahead changes no order, keeps no timer waiting, and makes no retry write twice",
  short: ["--runs", "1"],
  full: ["--runs", "20"],
  async run(flags) {
    const { runs, seed } = integerFlags(flags, { runs: 20 });
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new CannotRunError("libfaketime");
    const random = seededRandom(seed);
    return Daemons.use(async (daemons) => {
      const sum = { jumps: 0, entries: 0, replays: 0 };
      for (let run = 0; run < runs; run++) {
        const { jumps, entries, replays } = await runOnce(daemons, library, random);
        sum.jumps += jumps;
        sum.entries += entries;
        sum.replays += replays;
      }
      console.log(
        figures({ "times the clock was set": sum.jumps, "entries acknowledged": sum.entries, "retries that were replayed": sum.replays }),
      );
      return `${sum.jumps} times set, ${sum.entries} entries in order, ${sum.replays} retries replayed`;
    });
  },
};

async function runOnce(daemons: Daemons, library: string, random: Random) {
  const folder = await daemons.folder();
  const clock = join(folder, "clock");
  const set = (seconds: number) => writeFileSync(clock, seconds < 0 ? `${seconds}s` : `+${seconds}s`);
  set(0);
  const env = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: "1", DONT_FAKE_MONOTONIC: "1" };
  const daemon = await daemons.start(folder, { env });
  const segmentId = await daemons.aSegment(folder);
  const retried: { readonly requestId: string; readonly firstIndex: bigint }[] = [];
  let replays = 0;
  await daemons.withClient(folder, async (client) => {
    const beats = heartbeats(client, segmentId);
    const append = async (requestId: string) => {
      const { firstIndex } = await client.append({ segmentId, requestId, entries: [userInput(requestId)] });
      return { requestId, firstIndex };
    };
    for (const seconds of JUMPS_S.toSorted(() => random() - 0.5)) {
      for (let i = 0; i < 3; i++) retried.push(await append(`before:${seconds}:${i}`));
      set(seconds);
      await beats.next();
      for (let i = 0; i < 3; i++) retried.push(await append(`after:${seconds}:${i}`));
      for (const { requestId, firstIndex } of retried) {
        assert.equal((await append(requestId)).firstIndex, firstIndex, `index that the retry of "${requestId}" was told`);
        replays++;
      }
    }
    await beats.return(undefined);
    const positions = (await logOf(client, segmentId)).map(({ position }) => position);
    assert.equal(positions.length, 1 + retried.length);
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
  });
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  await daemons.forget(folder);
  return { jumps: JUMPS_S.length, entries: retried.length, replays };
}

/** Resolves with each heartbeat in turn, counted from when it is asked for. */
async function* heartbeats(client: SegmentClient, segmentId: string): AsyncGenerator<void> {
  const leaving = new AbortController();
  const tail = client.tail(
    { scope: { case: "segmentId", value: segmentId }, start: { case: "edge", value: TailEdge.END }, heartbeatInterval: { seconds: 1n } },
    { signal: leaving.signal },
  );
  try {
    let askedMs = performance.now();
    for await (const { event } of tail) {
      if (event.case !== "heartbeat") continue;
      const waitedMs = performance.now() - askedMs;
      assert(waitedMs < HEARTBEAT_MS_MAX, `a heartbeat came after ${waitedMs} ms`);
      yield;
      askedMs = performance.now();
    }
  } finally {
    leaving.abort();
  }
}
