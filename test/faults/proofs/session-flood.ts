import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";
import { MAIN } from "../compiled.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";

/** Calls that wait for their answers at once. */
const AT_ONCE = 64;

/** Floods a daemon with new sessions of one namespace, while a good client goes on in one of them. */
export const sessionFloodProof: Proof = {
  name: "session-flood",
  title: "a flood of sessions from one namespace stops at its quota, over restarts, and who has a session goes on",
  short: ["--creates", "5000", "--quota", "1000"],
  full: ["--creates", "100000", "--quota", "20000"],
  async run(flags) {
    const { creates, quota } = integerFlags(flags, { creates: 100_000, quota: 20_000 });
    let summary = "";
    await inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, "seglog"));
      writeFileSync(join(folder, "seglog", "seglog.toml"), `[namespaces.default]\nsessions_max = ${quota}\n`);
      const command = { main: MAIN, folder };
      const socket = socketOf(command);

      let daemon = await DaemonProcess.start(command);
      const client = createSegmentClient({ socket }, ONE_TRY);
      const { segment } = await client.createSegment({});
      const segmentId = segment?.segmentId ?? "";
      const good = keepAppending(client, segmentId);
      const startMs = performance.now();
      const flood = await createSessions(client, creates);
      const floodMs = performance.now() - startMs;
      const appended = await good.stop();
      wanted("sessions created in the flood", flood.created, Math.min(creates, quota - 1));
      wanted("creations refused", flood.refused, creates - flood.created);
      client.close();
      await daemon.end("SIGKILL");

      daemon = await DaemonProcess.start(command);
      const again = createSegmentClient({ socket }, ONE_TRY);
      try {
        const { created, refused } = await createSessions(again, 100);
        wanted("sessions created after a restart", created, 0);
        wanted("creations refused after a restart", refused, 100);
        const { sessions } = await again.listSessions({ pageSize: 10 });
        for (const { sessionId } of sessions) await again.deleteSession({ sessionId });
        const afterwards = await createSessions(again, 100);
        wanted("sessions created after deletions", afterwards.created, sessions.length);
        const { namespace } = await again.getStatus({});
        wanted("sessions that the daemon counts", Number(namespace?.sessionCount), quota);
      } finally {
        again.close();
        await daemon.end("SIGTERM");
      }
      console.log(
        figures({
          creations: creates,
          "  done": flood.created + 1,
          "  refused": flood.refused,
          "creations a second": Math.round((creates * 1000) / floodMs),
          "appends of a good client meanwhile": appended.count,
          "  the slowest, in ms": appended.slowestMs.toFixed(0),
        }),
      );
      summary = `${creates} creations, ${quota} sessions, ${flood.refused} refused; ${appended.count} good appends, the slowest ${appended.slowestMs.toFixed(0)} ms`;
    });
    return summary;
  },
};

async function createSessions(client: SegmentClient, count: number): Promise<{ readonly created: number; readonly refused: number }> {
  let created = 0;
  let refused = 0;
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const outcome = await client.createSegment({}).then(
        () => "created",
        (error: unknown) => (error instanceof SegmentClientError ? error.reason : String(error)),
      );
      if (outcome === "created") created++;
      else if (outcome === "QUOTA_EXCEEDED") refused++;
      else throw new Error(`a creation was refused with ${outcome}; wanted QUOTA_EXCEEDED`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { created, refused };
}

/** Appends to one segment, one entry after the other, until it is stopped. */
function keepAppending(client: SegmentClient, segmentId: string) {
  let isStopped = false;
  const appending = (async () => {
    let count = 0;
    let slowestMs = 0;
    while (!isStopped) {
      const startMs = performance.now();
      await client.append({ segmentId, entries: [userInput("still here")] });
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      count++;
    }
    return { count, slowestMs };
  })();
  return {
    stop: () => {
      isStopped = true;
      return appending;
    },
  };
}

function wanted(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found}; wanted ${expected}`);
}
