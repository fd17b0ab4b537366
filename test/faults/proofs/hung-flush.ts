import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { socketOf } from "../../journeys/daemon/daemon-process.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import { compileC } from "../machine/compile-c.js";
import { requirePrograms } from "../machine/requirements.js";
import type { Proof } from "../proof.js";
import { Appender } from "../running/appender.js";
import { type Checked, checkAcknowledged, logOf } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";
import { endWithin } from "../running/end-within.js";
import { eventually } from "../running/eventually.js";
import { Follower } from "../running/follower.js";

/** What the daemon is told to take for a disk that hangs, in milliseconds. */
const HUNG_COMMIT_MS = 1500;

/** Deadline of each append, in milliseconds. */
const DEADLINE_MS = 500;

/** From the end of the watch to the end of the process: a thread that hangs in the disk keeps it for a second. */
const END_MS_MAX = 3500;

/** A flush hangs for a minute. */
export const hungFlushProof: Proof = {
  name: "hung-flush",
  title: "while a flush hangs, deadlines answer, reads go on and tails show nothing new; then the daemon ends, and nothing is lost",
  short: ["--runs", "2"],
  full: ["--runs", "20"],
  async run(flags) {
    const { runs, seed } = integerFlags(flags, { runs: 20 });
    requirePrograms("cc");
    const random = seededRandom(seed);
    return Daemons.use(async (daemons) => {
      const shim = await compileC("fail-io", await daemons.folder(), "-shared", "-fPIC", "-ldl");
      const checked: Checked[] = [];
      // The first flushes are those of a start.
      for (let run = 0; run < runs; run++) checked.push(await hangOnce(daemons, shim, 8 + Math.floor(random() * 60)));
      const acknowledged = checked.reduce((sum, each) => sum + each.acknowledged, 0);
      const unknown = checked.reduce((sum, each) => sum + each.unknown, 0);
      console.log(figures({ "flushes that hung": runs, "entries acknowledged": acknowledged, "outcomes unknown": unknown }));
      return `${runs} flushes hung, ${acknowledged} entries acknowledged, 0 lost`;
    });
  },
};

async function hangOnce(daemons: Daemons, shim: string, at: number): Promise<Checked> {
  const folder = await daemons.folder();
  const told = join(folder, "told");
  const env = {
    LD_PRELOAD: shim,
    FAIL_IO_AT: String(at),
    FAIL_IO_AS: "hang",
    FAIL_IO_CALLS: "flushes",
    FAIL_IO_TOLD: told,
    SEGLOG_HUNG_COMMIT: `${HUNG_COMMIT_MS}ms`,
  };
  const daemon = await daemons.start(folder, { env });
  const segmentId = await daemons.aSegment(folder);
  const { follower, attempts } = await daemons.withClient(folder, async (client) => {
    const follower = new Follower(client, { case: "segmentId", value: segmentId });
    const load = new Appender({ socket: socketOf({ folder }), segmentId, name: "a", deadlineMs: DEADLINE_MS });
    await eventually(`flush ${at} hangs`, () => existsSync(told));
    const hungMs = performance.now();
    const attempts = await load.finished(); // each lane ends with the append that hangs
    const answeredMs = performance.now() - hungMs;
    assert(answeredMs < HUNG_COMMIT_MS, `deadlines of ${DEADLINE_MS} ms answered after ${answeredMs} ms`);
    assert((await logOf(client, segmentId)).length > load.acknowledgedCount, "reads go on while a flush hangs");

    const end = await endWithin(daemon, HUNG_COMMIT_MS + 2 * END_MS_MAX);
    const endMs = performance.now() - hungMs;
    assert.notEqual(end, 0);
    assert(endMs < HUNG_COMMIT_MS + END_MS_MAX, `the daemon ended ${endMs} ms after the flush had begun to hang`);
    assert(daemon.log.includes("a commit took longer than"), daemon.log);
    await follower.ended;
    return { follower, attempts };
  });
  const unknown = new Set(attempts.filter(({ told }) => told.state === "unknown").map(({ text }) => text));
  assert(unknown.size > 0, "no append hung");
  for (const { text } of follower.entries) assert(!unknown.has(text ?? ""), `a tail gave entry ${text} though its flush hung`);

  const next = await daemons.start(folder);
  const checked = await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts, follower.entries));
  assert.equal(await next.end("SIGTERM"), 0);
  await daemons.forget(folder);
  return checked;
}
