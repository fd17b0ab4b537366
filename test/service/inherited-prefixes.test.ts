import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, someEntries } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { interposedService } from "../support/interposed-store.js";
import { refusalOf } from "../support/refusal.js";

/** A fork of a fork, each behind four entries of the one before it. */
async function aChain(client: SegmentClient) {
  const root = await aSegment(client, { entries: 6 });
  const at = { case: "entryCount" as const, value: 4n };
  const { segment: middle } = await client.forkSegment({ segmentId: root.segmentId, at });
  await client.append({ segmentId: middle!.segmentId, entries: someEntries(5) });
  const { segment: leaf } = await client.forkSegment({ segmentId: middle!.segmentId, at });
  return { root: root.segmentId, middle: middle!.segmentId, leaf: leaf!.segmentId, sessionId: root.sessionId };
}

type Chain = Awaited<ReturnType<typeof aChain>>;

const CHANGES: readonly { readonly what: string; readonly change: (client: SegmentClient, chain: Chain) => Promise<unknown> }[] = [
  { what: "the session is deleted", change: (c, { sessionId }) => c.deleteSession({ sessionId }) },
  {
    what: "the fork is deleted and its base too",
    change: async (c, { leaf, middle }) => {
      await c.deleteSegment({ segmentId: leaf });
      await c.deleteSegment({ segmentId: middle });
    },
  },
  {
    what: "the fork is deleted and its base cut back",
    change: async (c, { leaf, middle }) => {
      await c.deleteSegment({ segmentId: leaf });
      await c.truncateSegment({ segmentId: middle, entryCount: 2n });
    },
  },
  {
    what: "the fork is deleted, its base cut back and grown again",
    change: async (c, { leaf, middle }) => {
      await c.deleteSegment({ segmentId: leaf });
      await c.truncateSegment({ segmentId: middle, entryCount: 2n });
      await c.append({ segmentId: middle, entries: someEntries(9).map(() => userInput("other")) });
    },
  },
];

const READERS = {
  "a replay": (c: SegmentClient, { leaf }: Chain) => collected(c.restoreSegment({ segmentId: leaf })),
  "a reading": (c: SegmentClient, { leaf }: Chain) => collected(c.readEntries({ segmentId: leaf, backward: true, inherited: true })),
  "a fork of a session": (c: SegmentClient, { leaf }: Chain) => c.forkSession({ source: { case: "point", value: { segmentId: leaf } } }),
};

const STEPS = [
  { method: "resolvePoint", nth: 2 }, // a reading finds the fork by other means
  { method: "readEntries", nth: 1 },
  { method: "readEntries", nth: 2 },
  { method: "readEntries", nth: 3 },
] as const;

const CASES = Object.entries(READERS).flatMap(([who, read]) =>
  CHANGES.flatMap(({ what, change }) => STEPS.map((step) => ({ who, read, what, change, ...step }))),
);

test.each(CASES)("$who is told where $what before $method number $nth", async ({ who, read, what, change, method, nth }) => {
  const { client, before } = await interposedService();
  const chain = await aChain(client);

  before(method, nth, () => change(client, chain));
  const outcome = read(client, chain);

  // A reading goes from the fork to the root: what it has behind it may go.
  const isRootLeft = who === "a reading" && nth === 3 && what !== "the session is deleted";
  if (isRootLeft) await outcome;
  else expect(await refusalOf(outcome)).toMatchObject({ code: "ABORTED", reason: "SEGMENT_CHANGED" });
});

test("a chain that nobody changes is read whole, whatever else happens", async () => {
  const { client, before } = await interposedService();
  const chain = await aChain(client);

  before("readEntries", 2, () => client.truncateSegment({ segmentId: chain.root, entryCount: 4n }));
  const messages = await READERS["a reading"](client, chain);

  expect(messages.flatMap(({ entries }) => entries)).toHaveLength(1 + 4 + 4);
});
