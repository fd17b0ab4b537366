import assert from "node:assert/strict";
import { join } from "node:path";
import { type DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { type Checked, checkAcknowledged, logOf } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";
import { eventually } from "../running/eventually.js";
import { Follower } from "../running/follower.js";
import { MemoryDisk } from "../running/memory-disk.js";
import { requireMounts } from "../running/require-mounts.js";

const MIB = 1024 * 1024;
const DISK_BYTES = 224 * MIB;

/** Less than a store keeps in reserve, and more than nothing. */
const LITTLE_BYTES = 24 * MIB;

/** Others fill the disk and free it again, and a small store is filled to its last page. */
export const fullDiskProof: Proof = {
  name: "full-disk",
  title: "a full disk refuses appends with STORE_FULL while reads and tails go on, and takes them again once it is freed",
  short: ["--cycles", "6"],
  full: ["--cycles", "50"],
  async run(flags) {
    const { cycles } = integerFlags(flags, { cycles: 50 });
    await requireMounts();
    return Daemons.use(async (daemons) => {
      const folder = await daemons.folder();
      const disk = await MemoryDisk.mount(join(folder, "disk"), DISK_BYTES);
      try {
        const checked = await fillAndFree(daemons, folder, disk, cycles);
        const map = await fillMap(daemons);
        console.log(
          figures({
            "times filled and freed": cycles,
            "entries acknowledged": checked.acknowledged + map.acknowledged,
            "appends refused": checked.refused + map.refused,
            "outcomes unknown": checked.unknown + map.unknown,
          }),
        );
        return `${cycles} times full, ${checked.acknowledged} entries acknowledged, 0 lost, 0 daemons ended`;
      } finally {
        await disk.unmount();
      }
    });
  },
};

/** Odd cycles leave a little, even ones nothing; each fourth one has the daemon start anew on the full disk. */
async function fillAndFree(daemons: Daemons, folder: string, disk: MemoryDisk, cycles: number): Promise<Checked> {
  const options = { data: join(disk.folder, "data") };
  let daemon = await daemons.start(folder, options);
  const segmentId = await daemons.aSegment(folder);
  const attempts: Attempt[] = [];
  const shown = await daemons.withClient(folder, (client) =>
    Promise.resolve(new Follower(client, { case: "segmentId", value: segmentId })),
  );
  await shown.ended;
  const entries = shown.entries;
  for (let cycle = 0; cycle < cycles; cycle++) {
    await daemons.withClient(folder, async (client) => {
      const follower = new Follower(client, { case: "segmentId", value: segmentId }, shown.resumeToken);
      const load = new Appender({ socket: socketOf({ folder }), segmentId, name: `${cycle}`, chars: 1000, goesOnRefused: true });
      await load.acknowledged(40);
      await disk.fill(cycle % 2 === 0 ? LITTLE_BYTES : 0);
      const from = load.attempts.length;
      await eventually("an append is refused", () => load.wasRefused("STORE_FULL", from));
      assert((await logOf(client, segmentId)).length > load.acknowledgedCount, "reads go on");
      await eventually("tails go on", () => entries.length + follower.entries.length > load.acknowledgedCount);
      await tryRemoval(daemons, folder);
      await disk.free();
      const before = load.acknowledgedCount;
      await load.acknowledged(before + 40);
      attempts.push(...(await load.leave()));
      await follower.leave();
      entries.push(...follower.entries);
      shown.resumeToken = follower.resumeToken;
    });
    if (cycle % 4 === 3) daemon = await restartFull(daemons, folder, daemon, disk, { segmentId, attempts, options });
  }
  const checked = await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts, entries));
  assert.equal(checked.unknown, 0, "outcomes that nobody knows");
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  return checked;
}

/** A removal on a full disk is done, or refused: others may have taken the room for it too. */
async function tryRemoval(daemons: Daemons, folder: string): Promise<void> {
  await daemons.withClient(folder, async (client) => {
    const { sessions } = await client.listSessions({ pageSize: 1 });
    assert.equal(sessions.length, 1);
    const unknown = client.deleteSession({ sessionId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    await assert.rejects(unknown, (error: { reason?: string }) => ["SESSION_NOT_FOUND", "STORE_FULL"].includes(error.reason ?? ""));
  });
}

/** A daemon that starts on a full disk gives what is there, and takes more once there is room. */
async function restartFull(
  daemons: Daemons,
  folder: string,
  daemon: DaemonProcess,
  disk: MemoryDisk,
  known: { readonly segmentId: string; readonly attempts: readonly Attempt[]; readonly options: { readonly data: string } },
): Promise<DaemonProcess> {
  await disk.fill(0);
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  const next = await daemons.start(folder, known.options);
  await daemons.withClient(folder, (client) => checkAcknowledged(client, known.segmentId, known.attempts));
  await disk.free();
  return next;
}

/** A store whose map is small is filled, emptied and filled again. */
async function fillMap(daemons: Daemons): Promise<Checked> {
  const folder = await daemons.folder();
  const daemon = await daemons.start(folder, { env: { SEGLOG_MAP_SIZE: "1MiB" } });
  let last: { readonly segmentId: string; readonly attempts: readonly Attempt[] } | undefined;
  for (let round = 0; round < 3; round++) {
    if (last !== undefined) await daemons.withClient(folder, async (client) => deleteAll(client));
    const segmentId = await daemons.aSegment(folder);
    const attempts = await new Appender({ socket: socketOf({ folder }), segmentId, name: "m", chars: 500 }).finished();
    for (const { told } of attempts) if (told.state === "refused") assert.equal(told.reason, "STORE_FULL");
    last = { segmentId, attempts };
  }
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  const next = await daemons.start(folder, { env: { SEGLOG_MAP_SIZE: "1MiB" } });
  assert(last !== undefined);
  const { segmentId, attempts } = last;
  const checked = await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, attempts));
  assert.equal(await next.end("SIGTERM"), 0);
  return checked;
}

async function deleteAll(client: Parameters<Parameters<Daemons["withClient"]>[1]>[0]): Promise<void> {
  const { sessions } = await client.listSessions({});
  for (const { sessionId } of sessions) await client.deleteSession({ sessionId });
}
