import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { segmentPaths, sessionFolder } from "../../../src/cli/mirror/folder-contents.js";
import { SourceFollower } from "../../../src/cli/mirror/follow-source.js";
import { MirrorReport } from "../../../src/cli/mirror/mirror-report.js";
import { openMirror } from "../../../src/cli/mirror/open-mirror.js";
import { ReplacedError } from "../../../src/cli/mirror/replaced-error.js";
import { untilReachable } from "../../../src/cli/mirror/until-reachable.js";
import { parseSessionId } from "../../../src/model/id.js";
import { aSegment, entriesOf, newId } from "../../support/a-segment.js";
import { placed, userInput } from "../../support/entries.js";
import { filesBelow, SEGMENT, SESSION, startLine } from "../../support/jsonl-layout.js";
import { startTestDaemon } from "../../support/test-daemon.js";
import { KINDS, type Mirroring, sessionsThere, startMirroring } from "./mirroring.js";

const WAITING = { timeout: 30_000, interval: 20 };
const CONFLICT = { exitCode: 4 };

describe.each(KINDS)("a copy in a %s", (kind) => {
  test("with sessions of somebody else is refused and left as it is; --prune takes them away", async () => {
    const mirroring = await startMirroring(kind);
    await aSegment(mirroring.client, { entries: 2 });
    await aForeignSession(mirroring, kind);

    const refused = mirroring.mirrorOnce();

    await expect(refused).rejects.toMatchObject({ ...CONFLICT, message: expect.stringContaining(`sessions ${parseSessionId(SESSION)}`) });
    expect(await sessionCount(mirroring, kind)).toBe(1);
    await mirroring.mirrorOnce({ prune: true });
    expect(await mirroring.compare()).toEqual({ segments: 1, entries: 2 });
  });

  test("that has nothing but what is in the source becomes a mirror; whoever has lost the state begins so", async () => {
    const mirroring = await startMirroring(kind);
    const { segmentId } = await aSegment(mirroring.client, { entries: 4 });
    await mirroring.mirrorOnce();
    rmSync(mirroring.statePath);
    await mirroring.client.append({ segmentId, entries: [userInput("more")] });

    const { mirror } = await mirroring.mirrorOnce();

    expect(mirror.counts).toMatchObject({ compared: 1, entries: 1 });
    expect(await mirroring.compare()).toEqual({ segments: 1, entries: 5 });
  });

  test("without its state keeps what the source has no more, until --prune says otherwise", async () => {
    const mirroring = await startMirroring(kind);
    const { segmentId } = await aSegment(mirroring.client, { entries: 4 });
    await mirroring.mirrorOnce();
    rmSync(mirroring.statePath);
    await mirroring.client.truncateSegment({ segmentId, entryCount: 2n });

    const refused = mirroring.mirrorOnce();

    await expect(refused).rejects.toMatchObject({ ...CONFLICT, message: expect.stringContaining(`of segment ${segmentId}`) });
    await expect(mirroring.mirrorOnce()).rejects.toMatchObject(CONFLICT);
    await mirroring.mirrorOnce({ prune: true });
    expect(await mirroring.compare()).toEqual({ segments: 1, entries: 2 });
  });

  test("whose token is of another store is compared as a whole", async () => {
    const mirroring = await startMirroring(kind);
    await aSegment(mirroring.client, { entries: 4 });
    await mirroring.mirrorOnce();
    const state = JSON.parse(readFileSync(mirroring.statePath, "utf8"));
    writeFileSync(mirroring.statePath, JSON.stringify({ ...state, sourceStoreId: newId() }));

    const { mirror } = await mirroring.mirrorOnce();
    const again = await mirroring.mirrorOnce();

    expect(mirror.counts).toMatchObject({ compared: 1, entries: 0 });
    expect(again.mirror.counts).toMatchObject({ compared: 0, entries: 0 });
    expect(await mirroring.compare()).toEqual({ segments: 1, entries: 4 });
  });

  test("is not written by two mirrors", async () => {
    const mirroring = await startMirroring(kind);
    await mirroring.mirrorOn();

    await expect(mirroring.mirrorOnce()).rejects.toMatchObject({ ...CONFLICT, message: expect.stringContaining("another mirror") });
  });

  test("of a session that there is not is not made", async () => {
    const mirroring = await startMirroring(kind);

    const refused = mirroring.mirrorOnce({ session: newId() });

    await expect(refused).rejects.toMatchObject({ exitCode: 3 });
    expect([existsSync(mirroring.copyFolder), existsSync(mirroring.statePath)]).toEqual([false, false]);
  });

  test("of a whole store does not become one of a session", async () => {
    const mirroring = await startMirroring(kind);
    const { sessionId } = await aSegment(mirroring.client);
    await mirroring.mirrorOnce();

    const refused = mirroring.mirrorOnce({ session: sessionId });

    await expect(refused).rejects.toMatchObject({ ...CONFLICT, message: expect.stringContaining("is a mirror of a whole store") });
  });

  test.each([
    ["when the segment grows", false],
    ["by --compare", true],
  ])("that somebody has changed is mended %s, with the forks that are based on it", async (_when, isCompared) => {
    const mirroring = await startMirroring(kind);
    const { client } = mirroring;
    const { segmentId, sessionId } = await aSegment(client, { entries: 4 });
    const fork = newId();
    await client.forkSegment({ segmentId, newSegmentId: fork });
    await mirroring.mirrorOnce();
    await damage(mirroring, kind, { segmentId, sessionId, fork });

    await mirroring.mirrorOnce();
    await expect(mirroring.compare()).rejects.toThrow();
    if (!isCompared) await client.append({ segmentId, entries: [userInput("more")] });
    await mirroring.mirrorOnce({ compare: isCompared });

    expect(await mirroring.compare()).toEqual({ segments: 2, entries: isCompared ? 5 : 6 });
  });
});

test("a state that is told is not taken for another folder than it is of, nor for one that was made anew", async () => {
  const { client, copyFolder, mirrorOnce, compare } = await startMirroring("folder");
  await aSegment(client, { entries: 3 });
  const state = join(copyFolder, "..", "state.json");
  await mirrorOnce({ state });

  const other = await mirrorOnce({ state, to: { folder: join(copyFolder, "..", "other", "copy") } });
  const first = await mirrorOnce({ state });
  rmSync(copyFolder, { recursive: true });
  const anew = await mirrorOnce({ state });
  const again = await mirrorOnce({ state });

  expect([other, first, anew, again].map(({ mirror }) => mirror.counts.compared)).toEqual([1, 1, 1, 0]);
  expect(await compare()).toEqual({ segments: 1, entries: 3 });
});

test("a folder is not written by two mirrors, whatever state they are told", async () => {
  const { copyFolder, mirrorOn, mirrorOnce } = await startMirroring("folder");
  await mirrorOn();

  const refused = mirrorOnce({ state: join(copyFolder, "..", "state.json") });

  await expect(refused).rejects.toMatchObject({ ...CONFLICT, message: expect.stringContaining("another mirror") });
});

test("a mirror notices that its folder is another one now", async () => {
  const { copyFolder, mirrorOn } = await startMirroring("folder");
  const { failure } = await mirrorOn();

  writeFileSync(join(copyFolder, ".seglog-mirror.id"), `${randomUUID()}\n`);

  expect(await failure).toBeInstanceOf(ReplacedError);
});

test("a mirror notices that another store stands behind the socket of its target", async () => {
  const source = await startTestDaemon();
  const target = await startTestDaemon();
  const { socket } = target;
  const context = { client: source.client, signal: new AbortController().signal };
  const state = join(source.folder, "state.json");
  const opened = await openMirror(context, { to: { daemon: { socket } }, state }, false);
  const follower = new SourceFollower({ source: context, opened, report: new MirrorReport(context, false), isOnce: false });
  const failure = untilReachable({ signal: context.signal, giveUpMs: 30_000 }, (further) => follower.follow(further)).catch(
    (error: unknown) => error,
  );
  await target.daemon.close();

  await startTestDaemon({ config: { socketPath: socket } });

  expect(await failure).toBeInstanceOf(ReplacedError);
  await opened.close();
});

test("a mirror that is interrupted still keeps how far it is in another daemon", async () => {
  const { client, folder } = await startTestDaemon();
  const { socket } = await startTestDaemon();
  const interrupted = new AbortController();
  const source = { client, signal: interrupted.signal };
  const { copy, close } = await openMirror(source, { to: { daemon: { socket } }, state: join(folder, "state.json") }, false);

  interrupted.abort();

  await expect(copy.assertStillThere()).resolves.toBeUndefined();
  await close();
});

test("what somebody else writes into a log while it is mirrored goes when the segment grows", async () => {
  const mirroring = await startMirroring("folder");
  const { log, segmentId } = await aMirroredLog(mirroring);
  await mirroring.mirrorOn();
  await mirroring.client.append({ segmentId, entries: [userInput("a")] });
  await vi.waitFor(mirroring.compare, WAITING);
  appendFileSync(log, "{}\n");

  await mirroring.client.append({ segmentId, entries: [userInput("b")] });

  expect(await vi.waitFor(mirroring.compare, WAITING)).toEqual({ segments: 1, entries: 5 });
});

test("a session's folder that becomes a symbolic link while it is mirrored leads out of no copy", async () => {
  const mirroring = await startMirroring("folder");
  const { log, segmentId, sessionId } = await aMirroredLog(mirroring);
  const { failure } = await mirroring.mirrorOn();
  await mirroring.client.append({ segmentId, entries: [userInput("a")] });
  await vi.waitFor(mirroring.compare, WAITING);
  const outside = join(mirroring.copyFolder, "..", "outside");
  renameSync(dirname(log), outside);
  symlinkSync(outside, sessionFolder(mirroring.copyFolder, sessionId));
  const before = filesBelow(outside);

  await mirroring.client.append({ segmentId, entries: [userInput("b")] });

  expect(await failure).toMatchObject({ exitCode: 1, message: expect.stringContaining("is no folder of its own") });
  expect(filesBelow(outside)).toEqual(before);
});

test("a session's folder without a log is no session, and goes with its trace when the session is deleted", async () => {
  const mirroring = await startMirroring("folder");
  const { client, copyFolder } = mirroring;
  const { log, trace, sessionId } = await aMirroredLog(mirroring);
  mkdirSync(sessionFolder(copyFolder, newId()));
  rmSync(mirroring.statePath);
  await mirroring.mirrorOnce();
  renameSync(log, trace);
  await client.deleteSession({ sessionId });

  await mirroring.mirrorOnce();

  expect(existsSync(sessionFolder(copyFolder, sessionId))).toBe(false);
});

test("a line that a kill has torn is cut off, and comes again whole", async () => {
  const mirroring = await startMirroring("folder");
  const { client, copyFolder } = mirroring;
  const { log, segmentId } = await aMirroredLog(mirroring);
  await client.append({ segmentId, entries: [userInput("a"), userInput("b")] });
  appendFileSync(log, '{"kind":"user_inp');

  await mirroring.mirrorOnce();

  expect(await mirroring.compare()).toEqual({ segments: 1, entries: 5 });
  expect(sessionsThere(copyFolder)).toHaveLength(1);
});

test("files are private, and a symbolic link leads out of no copy", async () => {
  const mirroring = await startMirroring("folder");
  const { client, copyFolder } = mirroring;
  const { log, segmentId } = await aMirroredLog(mirroring);
  expect([statSync(log).mode & 0o777, statSync(copyFolder).mode & 0o777]).toEqual([0o600, 0o700]);
  const outside = join(copyFolder, "..", "outside");
  writeFileSync(outside, "x");
  rmSync(log);
  symlinkSync(outside, log);
  await client.append({ segmentId, entries: [userInput("a")] });

  await expect(mirroring.mirrorOnce()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining("is no plain file") });
  expect(readFileSync(outside, "utf8")).toBe("x");
});

test("a source is no mirror of itself", async () => {
  const { socket, mirrorOnce } = await startMirroring("folder");

  const refused = mirrorOnce({ to: { daemon: { socket } } });

  await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("is the source itself") });
});

async function aMirroredLog({ client, copyFolder, mirrorOnce }: Mirroring) {
  const place = await aSegment(client, { entries: 3 });
  await mirrorOnce();
  return { ...place, ...segmentPaths(copyFolder, place) };
}

async function aForeignSession({ copyClient, copyFolder }: Mirroring, kind: (typeof KINDS)[number]): Promise<void> {
  if (kind === "daemon") {
    await copyClient.createSegment({ sessionId: SESSION, segmentId: SEGMENT, state: {} });
    return;
  }
  const place = { sessionId: SESSION, segmentId: SEGMENT };
  mkdirSync(sessionFolder(copyFolder, SESSION), { recursive: true });
  writeFileSync(segmentPaths(copyFolder, place).log, `${startLine()}\n`);
}

async function sessionCount({ copyClient, copyFolder }: Mirroring, kind: (typeof KINDS)[number]): Promise<number> {
  return kind === "folder" ? sessionsThere(copyFolder).length : (await copyClient.listSessions({})).sessions.length;
}

/** Replaces the copy's last entry but one, and what follows; with forks that are based on it. */
async function damage(
  { copyClient, copyFolder }: Mirroring,
  kind: (typeof KINDS)[number],
  { fork, ...place }: { readonly sessionId: string; readonly segmentId: string; readonly fork: string },
): Promise<void> {
  if (kind === "folder") {
    const { log } = segmentPaths(copyFolder, place);
    truncateSync(log, statSync(log).size - 10);
    return;
  }
  const entries = await entriesOf(copyClient, place.segmentId);
  await copyClient.deleteSession({ sessionId: place.sessionId });
  const changed = entries.map((entry, i) => (i === 2 ? placed(userInput("somebody else's"), {}) : entry));
  await copyClient.importSegment([{ ...place, entries: changed }]);
  await copyClient.forkSegment({ segmentId: place.segmentId, newSegmentId: fork });
}
