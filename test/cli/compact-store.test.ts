import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { fillStore, mustRun } from "../support/backups.js";
import { type CliDaemon, runCli, serveForCli } from "../support/cli.js";
import { ONE_TRY } from "../support/one-try.js";

test("compact-store gives back the room of what was deleted, keeps the store's id, and harms no daemon", async () => {
  const daemon = await serveForCli();
  const { folder, socket, print, child } = daemon;
  await fillStore(socket);
  const kept = await print(["create"]);
  await deleteOthers(daemon, kept);
  const { storeId, storeByteSize } = JSON.parse(await print(["status", "--json"]));
  const data = join(folder, "data");

  const held = await runCli(["compact-store", "--data", data]);
  child.process.kill("SIGTERM");
  await child.ended();
  mkdirSync(join(data, "data.mdb.partial"), { mode: 0o700 });
  const compacted = JSON.parse(await mustRun(["compact-store", "--data", data, "--json"]));
  const nothing = await runCli(["compact-store", "--data", join(folder, "nothing")]);
  const again = await serveForCli([], folder);

  expect(held).toMatchObject({ exitCode: 75 });
  expect(compacted).toEqual({ dir: data, storeId, beforeBytes: Number(storeByteSize), afterBytes: statSync(join(data, "data.mdb")).size });
  expect(compacted.afterBytes).toBeLessThan(compacted.beforeBytes / 10);
  expect(nothing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("there is no store in") });
  expect(JSON.parse(await again.print(["status", "--json"]))).toMatchObject({ storeId });
  expect(await again.print(["show", kept])).toContain(" start");
});

async function deleteOthers({ socket }: CliDaemon, kept: string): Promise<void> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  for (const { sessionId, headSegmentId } of (await client.listSessions({})).sessions) {
    if (headSegmentId !== kept) await client.deleteSession({ sessionId });
  }
}
