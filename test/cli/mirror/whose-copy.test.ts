import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { segmentPaths, sessionFolder } from "../../../src/cli/mirror/folder-contents.js";
import { parseSessionId } from "../../../src/model/id.js";
import { aSegment, entriesOf, newId } from "../../support/a-segment.js";
import { placed, userInput } from "../../support/entries.js";
import { SEGMENT, SESSION, startLine } from "../../support/jsonl-layout.js";
import { KINDS, type Mirroring, sessionsThere, startMirroring } from "./mirroring.js";

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
