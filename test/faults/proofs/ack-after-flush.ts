import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSegmentClient } from "../../../src/client/segment-client.js";
import { type DaemonCommand, DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import { anyId } from "../load/choose-operation.js";
import { Mirror } from "../load/mirror.js";
import { requirePrograms, requireTracing } from "../machine/requirements.js";
import type { Proof } from "../proof.js";
import { markText, readFlushTrace, sentTooEarly } from "../trace/flush-trace.js";
import { readSystemCalls } from "../trace/system-calls.js";
import { WITHOUT_FLUSHES } from "../unsafe-engine/node-flags.js";

const TRACED = "trace=openat,write,writev,pwrite64,pwritev,fdatasync,fsync,sendmsg,sendto";

/** Longer than any write of this load, in bytes: all of it has to be in the trace. */
const SHOWN_BYTES = 1_000_000;

/** A flush that is held up so long, in milliseconds. */
const SLOW_FLUSH_MS = 150;

/** How a daemon is traced. */
interface Way {
  readonly name: string;
  readonly clients: number;
  readonly acks: number;
  readonly isSlow: boolean;
  /** Whether its engine flushes. */
  readonly flushes: boolean;
}

/** Looks at a daemon's system calls from outside: no answer and no tail goes before the flush. */
export const ackAfterFlushProof: Proof = {
  name: "ack",
  title: "every answer, and everything a tail gives, is written behind the flush and the root of its commit",
  short: ["--acks", "250", "--slow", "60"],
  full: ["--acks", "1000", "--slow", "1000"],
  async run(flags) {
    const { acks, slow, clients, seed } = integerFlags(flags, { acks: 1000, slow: 200, clients: 64 });
    requirePrograms("strace");
    await requireTracing();
    const ways: readonly Way[] = [
      { name: "one client", clients: 1, acks, isSlow: false, flushes: true },
      { name: "many clients", clients, acks, isSlow: false, flushes: true },
      { name: "one client, slow flushes", clients: 1, acks: slow, isSlow: true, flushes: true },
      { name: "many clients, slow flushes", clients, acks, isSlow: true, flushes: true },
      { name: "no flushes: all must be early", clients, acks: Math.ceil(acks / 4), isSlow: false, flushes: false },
    ];
    let ackCount = 0;
    for (const [i, way] of ways.entries()) {
      const { early, answers } = await traceOne(way, seed + i);
      if (!way.flushes && early < answers) throw new Error(`without flushes only ${early} of ${answers} answers were found to be early`);
      if (way.flushes && early > 0) throw new Error(`${early} answers or deliveries were written before what they tell of was durable`);
      if (way.flushes) ackCount += answers;
    }
    return `${ackCount} answers, 0 before their flush; without flushes all of them`;
  },
};

async function traceOne(way: Way, seed: number): Promise<{ readonly early: number; readonly answers: number }> {
  const found = { early: 0, answers: 0 };
  await inTemporaryFolder(async (folder) => {
    const trace = join(folder, "trace");
    const slow = way.isSlow ? ["-e", `inject=fdatasync:delay_enter=${SLOW_FLUSH_MS * 1000}`] : [];
    const under = ["strace", "-f", "-y", "-s", String(SHOWN_BYTES), "-o", trace, "-e", TRACED, "-e", "signal=none", ...slow];
    const command: DaemonCommand = { main: MAIN, folder, under, nodeFlags: way.flushes ? [] : WITHOUT_FLUSHES };
    const daemon = await DaemonProcess.start(command);
    const random = seededRandom(seed);
    const segmentIds = Array.from({ length: way.clients }, () => anyId(random));
    try {
      await append(socketOf(command), segmentIds, way.acks);
    } finally {
      process.kill(ownerOf(folder), "SIGTERM"); // the tracer ends with what it traces
      await daemon.ended;
    }
    const seen = await readFlushTrace(readSystemCalls(trace), segmentIds);
    const early = sentTooEarly(seen, seen.answers);
    const earlyDeliveries = sentTooEarly(seen, seen.deliveries);
    if (seen.answers.length !== way.acks) throw new Error(`the trace shows ${seen.answers.length} answers; the clients got ${way.acks}`);
    console.log(
      figures({
        [way.name]: "",
        "  answers": seen.answers.length,
        "  things that a tail gave": seen.deliveries.length,
        "  flushes": seen.flushes.length,
        "  roots": seen.roots.length,
        "  answers before the flush": early.length,
        "  deliveries before the flush": earlyDeliveries.length,
      }),
    );
    found.early = way.flushes ? early.length + earlyDeliveries.length : early.length;
    found.answers = seen.answers.length;
  });
  return found;
}

/** Each segment is created and appended to on a connection of its own, while one tail follows the store. */
async function append(socket: string, segmentIds: readonly string[], acks: number): Promise<void> {
  const leaving = new AbortController();
  const following = new Mirror().follow(socket, { signal: leaving.signal });
  following.catch(() => undefined); // awaited below
  let left = acks;
  await Promise.all(
    segmentIds.map(async (segmentId) => {
      const client = createSegmentClient({ socket }, ONE_TRY);
      await client.createSegment({ segmentId });
      for (let number = 1; left > 0; number++) {
        left--;
        await client.append({ segmentId, entries: [userInput(markText(segmentId, number))] });
      }
      client.close();
    }),
  );
  leaving.abort();
  await following;
}

/** Who holds the store: the daemon, and not what traces it. */
function ownerOf(folder: string): number {
  const [, pid] = /^pid (\d+) /.exec(readFileSync(join(folder, "data", "LOCK"), "latin1")) ?? [];
  return Number(pid);
}
