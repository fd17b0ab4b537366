import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ProcessEnd, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures } from "../../journeys/load/report.js";
import { userInput } from "../../support/entries.js";
import { integerFlags } from "../integer-flags.js";
import { requirePrograms, requireRoot } from "../machine/requirements.js";
import { run } from "../machine/run.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { checkAcknowledged } from "../running/check-acknowledged.js";
import { type DaemonOptions, Daemons } from "../running/daemons.js";
import { eventually } from "../running/eventually.js";
import { inMemoryGroup } from "../running/memory-group.js";

const MIB = 1024 * 1024;
const FILES_MAX = 64;
const CONNECTIONS = 200;
const HEAP_MIB = 48;
const MEMORY_BYTES = 150 * MIB;

/** Descriptors and memory run out. */
export const exhaustionProof: Proof = {
  name: "exhaustion",
  title: "without descriptors the daemon goes on for those it has, and takes others later; without memory it may end, and nothing is lost",
  short: ["--runs", "1"],
  full: ["--runs", "16"],
  async run(flags) {
    const { runs } = integerFlags(flags, { runs: 16 });
    requireRoot();
    requirePrograms("prlimit");
    return Daemons.use(async (daemons) => {
      const heapEnds: ProcessEnd[] = [];
      const memoryEnds: ProcessEnd[] = [];
      let acknowledged = 0;
      for (let round = 0; round < runs; round++) {
        await withoutDescriptors(daemons);
        const heap = await withoutMemory(daemons, { nodeFlags: [`--max-old-space-size=${HEAP_MIB}`] });
        const memory = await inMemoryGroup(MEMORY_BYTES, (under) => withoutMemory(daemons, { under }));
        heapEnds.push(heap.end);
        memoryEnds.push(memory.end);
        acknowledged += heap.acknowledged + memory.acknowledged;
      }
      console.log(
        figures({
          "times out of descriptors": runs,
          [`ended with a heap of ${HEAP_MIB} MiB`]: countsOf(heapEnds),
          [`ended with ${MEMORY_BYTES / MIB} MiB in all`]: countsOf(memoryEnds),
          "entries acknowledged": acknowledged,
        }),
      );
      return `${3 * runs} times exhausted, ${acknowledged} entries acknowledged, 0 lost`;
    });
  },
};

/** Callers that are there go on, and new ones come in once others have left. */
async function withoutDescriptors(daemons: Daemons): Promise<void> {
  const folder = await daemons.folder();
  const daemon = await daemons.start(folder);
  await run("prlimit", "--pid", String(daemon.pid), `--nofile=${FILES_MAX}:${FILES_MAX}`); // a start reads more files at once
  const segmentId = await daemons.aSegment(folder);
  await daemons.withClient(folder, async (client) => {
    await client.getStatus({});
    const crowd = Array.from({ length: CONNECTIONS }, () => connect(socketOf({ folder })));
    await Promise.all(crowd.map(settled));
    for (let i = 0; i < 20; i++) await client.append({ segmentId, entries: [userInput(`${i}`)] });
    for (const socket of crowd) socket.destroy();
  });
  await eventually("somebody new is let in", () =>
    daemons.withClient(folder, (client) =>
      client.getSegment({ segmentId }, { deadlineMs: 1000 }).then(
        ({ segment }) => segment?.entryCount === 21n,
        () => false,
      ),
    ),
  );
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  await daemons.forget(folder);
}

async function settled(socket: Socket): Promise<void> {
  socket.on("error", () => {}); // it may be refused
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
}

/** Large entries from many at once, until it is through or has ended. */
async function withoutMemory(
  daemons: Daemons,
  options: DaemonOptions,
): Promise<{ readonly end: ProcessEnd; readonly acknowledged: number }> {
  const folder = await daemons.folder();
  const daemon = await daemons.start(folder, options);
  const segmentId = await daemons.aSegment(folder);
  const large = { socket: socketOf({ folder }), segmentId, clients: 16, lanes: 4, chars: MIB, attemptsMax: 6, goesOnRefused: true };
  const attempts: readonly Attempt[] = await new Appender({ ...large, name: "a" }).finished();
  const end = await daemon.end("SIGTERM");

  const next = await daemons.start(folder);
  const { acknowledged } = await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts));
  await next.end("SIGTERM");
  await daemons.forget(folder);
  return { end, acknowledged };
}

function countsOf(ends: readonly ProcessEnd[]): string {
  return [...new Set(ends)].map((end) => `${end} (${ends.filter((each) => each === end).length})`).join(", ");
}
