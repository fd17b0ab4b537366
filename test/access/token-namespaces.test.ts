import { join } from "node:path";
import { expect, test } from "vitest";
import { AccessRole } from "../../gen/seglog/v1/admin_service_pb.js";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, newId } from "../support/a-segment.js";
import { clientAt, type StartedWithSockets, startWithSockets } from "../support/daemon-with-sockets.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { temporaryFolder } from "../support/temporary-folder.js";

interface Ids {
  readonly sessionId: string;
  readonly segmentId: string;
}

const BEGINNING = { case: "edge", value: TailEdge.BEGINNING } as const;

/** Every method that names what is there: what somebody may ask for that is not theirs. */
const ASKING: Readonly<Record<string, (client: SegmentClient, ids: Ids) => Promise<unknown>>> = {
  append: (client, { segmentId }) => client.append({ segmentId, entries: [userInput("x")] }),
  appendTrace: (client, { segmentId }) => client.appendTrace({ segmentId, entries: [] }),
  compactSegment: (client, { segmentId }) => client.compactSegment({ segmentId, state: {} }),
  deleteSegment: (client, { segmentId }) => client.deleteSegment({ segmentId }),
  deleteSession: (client, { sessionId }) => client.deleteSession({ sessionId }),
  ensureHeadOrFork: (client, { segmentId }) => client.ensureHeadOrFork({ segmentId, entriesWritten: 3n }),
  forkSegment: (client, { segmentId }) => client.forkSegment({ segmentId, at: { case: "entryCount", value: 2n } }),
  forkSession: (client, { segmentId }) => client.forkSession({ source: { case: "point", value: { segmentId } } }),
  getSegment: (client, { segmentId }) => client.getSegment({ segmentId }),
  getSession: (client, { sessionId }) => client.getSession({ sessionId }),
  readEntries: (client, { segmentId }) => collected(client.readEntries({ segmentId })),
  readTrace: (client, { segmentId }) => collected(client.readTrace({ segmentId })),
  restoreSegment: (client, { segmentId }) => collected(client.restoreSegment({ segmentId })),
  saveDelta: (client, { segmentId }) => client.saveDelta({ segmentId, items: [] }),
  "tail of a segment": (client, { segmentId }) =>
    collected(client.tail({ scope: { case: "segmentId", value: segmentId }, start: BEGINNING })),
  "tail of a session": (client, { sessionId }) =>
    collected(client.tail({ scope: { case: "sessionId", value: sessionId }, start: BEGINNING })),
  truncateSegment: (client, { segmentId }) => client.truncateSegment({ segmentId, entryCount: 1n }),
};

test.each(Object.entries(ASKING))("%s: what another token's namespace has is as if it were nowhere", async (_, ask) => {
  const { a, b } = await startWithTwo();
  const theirs = await aSegment(b, { entries: 3 });
  const nowhere = { sessionId: newId(), segmentId: newId() };

  const [refusal, refusalOfNothing] = [await refusalOf(ask(a, theirs)), await refusalOf(ask(a, nowhere))];

  expect(refusal).toMatchObject({ code: "NOT_FOUND", reason: refusalOfNothing.reason });
  expect(refusal.message).toBe(
    refusalOfNothing.message.replace(nowhere.segmentId, theirs.segmentId).replace(nowhere.sessionId, theirs.sessionId),
  );
  expect(await b.getSegment({ segmentId: theirs.segmentId })).toMatchObject({ segment: { entryCount: 3n } });
});

test("lists and the tail of all have what the token's namespace has, before and after a restart, and an operator has both", async () => {
  const folder = temporaryFolder();
  const before = await startWithTwo(folder);
  const [ours, theirs] = [await aSegment(before.a, { entries: 1 }), await aSegment(before.b, { entries: 1 })];
  await before.started.daemon.close();

  const after = await startWithTwo(folder, before.tokens);

  expect(await seenBy(after.a)).toEqual({ sessions: [ours.sessionId], segments: [ours.segmentId], tailed: [ours.segmentId] });
  expect(await seenBy(after.b)).toEqual({ sessions: [theirs.sessionId], segments: [theirs.segmentId], tailed: [theirs.segmentId] });
  expect(await after.a.listSegments({ sessionId: theirs.sessionId })).toMatchObject({ segments: [] });
  const both = [ours.segmentId, theirs.segmentId].sort();
  expect(await seenBy(after.started.client)).toMatchObject({ segments: both, tailed: both });
});

/** A daemon with two tokens, each of a namespace of its own. */
async function startWithTwo(folder = temporaryFolder(), tokens?: readonly [string, string]) {
  const started = await startWithSockets("required", folder);
  const both = tokens ?? ([await tokenFor(started, "team-a"), await tokenFor(started, "team-b")] as const);
  const [a, b] = both.map((token) => clientAt(join(folder, "admin.sock"), token)) as [SegmentClient, SegmentClient]; // as many as tokens
  return { started, tokens: both, a, b };
}

async function tokenFor({ admin }: StartedWithSockets, namespaceId: string): Promise<string> {
  const { secret } = await admin.createToken({ role: AccessRole.ADMIN, namespaceId });
  return secret;
}

async function seenBy(client: SegmentClient) {
  const { sessions } = await client.listSessions({});
  const { segments } = await client.listSegments({});
  const tailed = new Set<string>();
  for await (const { event } of client.tail({ scope: { case: "store", value: {} }, start: BEGINNING })) {
    if (event.case === "entries") for (const { segmentId } of event.value.batches) tailed.add(segmentId);
    if (event.case === "caughtUp") break;
  }
  return {
    sessions: sessions.map(({ sessionId }) => sessionId),
    segments: segments.map(({ segmentId }) => segmentId).sort(),
    tailed: [...tailed].sort(),
  };
}
