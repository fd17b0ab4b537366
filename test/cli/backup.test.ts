import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { TailResponse } from "../../gen/seglog/v1/segment_service_pb.js";
import { type AdminClient, createAdminClient } from "../../src/client/admin-client.js";
import type { SegmentClientError } from "../../src/client/client-error.js";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, entriesOf } from "../support/a-segment.js";
import { fillStore, flipText, mustRun } from "../support/backups.js";
import { serveForCli } from "../support/cli.js";
import { userInput } from "../support/entries.js";
import { ONE_TRY } from "../support/one-try.js";

test("a store made of a backup has everything acknowledged before it, and its own id: old tokens fail loudly", async () => {
  const { folder, socket, child } = await serveForCli();
  const client = clientOf(socket);
  const { segmentId } = await aSegment(client, { entries: 3 });
  const { resumeToken } = await firstMessage(client, segmentId);
  const before = await entriesOf(client, segmentId);

  const made = JSON.parse(await mustRun(["backup", join(folder, "monday.seglog"), "--json", "--socket", socket]));
  await client.append({ segmentId, entries: [userInput("too late")] });
  const restored = JSON.parse(await mustRun(["restore-backup", made.path, "--data", join(folder, "again", "data"), "--json"]));
  const again = await serveForCli([], join(folder, "again"));

  const { size, mode } = lstatSync(made.path);
  expect(made).toEqual({ path: join(folder, "monday.seglog"), byteSize: String(size), headPosition: "3", storeId: expect.any(String) });
  expect(mode & 0o777).toBe(0o600);
  expect(restored).toMatchObject({ backupOf: made.storeId, headPosition: 3, segmentCount: 1 });
  expect(restored.storeId).not.toBe(made.storeId);
  expect(await entriesOf(clientOf(again.socket), segmentId)).toEqual(before);
  const resumed = firstMessage(clientOf(again.socket), segmentId, resumeToken);
  await expect(resumed).rejects.toMatchObject({ reason: "BAD_RESUME_TOKEN", message: expect.stringContaining("is of another store") });
  expect(readdirSync(folder).toSorted()).toEqual(["again", "data", "monday.seglog", "run"]);
  expect(child.stderr).toContain("a backup was made");
});

test("a backup is made at a path of its own only, where nobody else can replace it", async () => {
  const { folder, socket } = await serveForCli();
  const admin = adminOf(socket);
  writeFileSync(join(folder, "taken"), "");
  mkdirSync(join(folder, "open"));
  const open = join(folder, "open");
  chmodSync(open, 0o777);
  symlinkSync(join(folder, "data"), join(folder, "way-in"));

  const asked = ["monday", "", `${folder}/`, `${folder}/.`, `${folder}/a\0b`, join(folder, "data", "x")];
  const others = [
    join(folder, "way-in", "x"),
    join(folder, "taken"),
    join(folder, "nowhere", "x"),
    join(open, "x"),
    `${folder}/${"x".repeat(4000)}`,
  ];
  const refused: Record<string, string> = {};
  for (const path of [...asked, ...others]) {
    const failure = await madeBy(admin, path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: "INVALID_FIELD", fieldViolations: [{ field: "path" }] });
    refused[path.replace(folder, "").slice(0, 12)] = (failure as SegmentClientError).message; // as just seen
  }

  expect(refused).toEqual({
    monday: "path must be absolute: it is one of the daemon's machine",
    "": "path must be absolute: it is one of the daemon's machine",
    "/": "path must end in the name of a file",
    "/.": "path must end in the name of a file",
    "/a\0b": "path must have no zero byte",
    "/data/x": "path is inside the data folder",
    "/way-in/x": "path is inside the data folder",
    "/taken": "path is taken: something is there already",
    "/nowhere/x": "path is in a folder that cannot be found (ENOENT)",
    "/open/x": "path is in a folder with mode 0777, so that others may replace it",
    "/xxxxxxxxxxx": "path is longer than 4000 bytes",
  });
});

test("of two backups at once one is made; who leaves one leaves nothing behind, and the next is made", async () => {
  const { folder, socket } = await serveForCli();
  await fillStore(socket);
  const admin = adminOf(socket);
  const first = admin.backup({ path: join(folder, "first") })[Symbol.asyncIterator]();
  await first.next();

  const second = await madeBy(admin, join(folder, "second")).catch((error: unknown) => error);
  const during = readdirSync(folder);
  await first.return?.();
  await vi.waitFor(() => expect(readdirSync(folder)).not.toContain("first.partial"), { timeout: 10_000 });
  await madeBy(admin, join(folder, "third"));

  expect(second).toMatchObject({ reason: "TOO_MANY_IN_FLIGHT" });
  expect(during).toContain("first.partial");
  expect(readdirSync(folder).toSorted()).toEqual(["data", "run", "third"]);
});

test("a daemon that is asked to stop ends the backup that it makes, and leaves nothing of it", async () => {
  const { folder, socket, child } = await serveForCli();
  await fillStore(socket);
  const backup = adminOf(socket)
    .backup({ path: join(folder, "late") })
    [Symbol.asyncIterator]();
  await backup.next();

  child.process.kill("SIGTERM");
  const end = await (async () => {
    while ((await backup.next()).done !== true);
  })().catch((error: unknown) => error);

  expect(end).toMatchObject({ reason: "DRAINING" });
  expect(await child.ended()).toBe(0);
  expect(readdirSync(folder)).not.toContain("late.partial");
});

test("what an interrupted backup left is taken over, and what is no such thing is left alone", async () => {
  const { folder, socket } = await serveForCli();
  mkdirSync(join(folder, "monday.partial"));
  writeFileSync(join(folder, "monday.partial", "data.mdb"), "half");
  writeFileSync(join(folder, "tuesday.partial"), "somebody's");

  await madeBy(adminOf(socket), join(folder, "monday"));
  const tuesday = madeBy(adminOf(socket), join(folder, "tuesday"));

  await expect(tuesday).rejects.toMatchObject({ reason: "INVALID_FIELD", message: expect.stringContaining("is in the way (ENOTDIR)") });
  expect(readFileSync(join(folder, "tuesday.partial"), "utf8")).toBe("somebody's");
  expect(readdirSync(folder).toSorted()).toEqual(["data", "monday", "run", "tuesday.partial"]);
});

test("a backup of a damaged store is refused with DATA_LOSS, where it is said, and not kept", async () => {
  const { folder, socket, seglog } = await serveForCli();
  const client = clientOf(socket);
  const { segmentId } = await aSegment(client);
  await client.append({ segmentId, entries: [userInput("hello from the garden")] });
  flipText(join(folder, "data", "data.mdb"), "hello from the garden");

  const refused = await seglog(["backup", join(folder, "monday")]);

  expect(refused).toMatchObject({ exitCode: 6, stderr: expect.stringContaining(`the store is damaged: segment heads ${segmentId}@1: `) });
  expect(readdirSync(folder).toSorted()).toEqual(["data", "run"]);
});

function clientOf(socket: string): SegmentClient {
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  return client;
}

async function firstMessage(client: SegmentClient, segmentId: string, resumeToken?: string): Promise<TailResponse> {
  const start = resumeToken === undefined ? { case: undefined } : ({ case: "resumeToken", value: resumeToken } as const);
  for await (const message of client.tail({ scope: { case: "segmentId", value: segmentId }, start })) return message;
  throw new Error("the tail ended at once");
}

function adminOf(socket: string): AdminClient {
  const admin = createAdminClient({ socket });
  onTestFinished(() => admin.close());
  return admin;
}

async function madeBy(admin: AdminClient, path: string): Promise<void> {
  for await (const { event } of admin.backup({ path })) if (event.case === "result") return;
}
