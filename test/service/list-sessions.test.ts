import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

async function pages(client: SegmentClient, asked: { readonly pageSize?: number; readonly idPrefix?: string }): Promise<string[][]> {
  const found: string[][] = [];
  let pageToken = "";
  do {
    const { sessions, nextPageToken } = await client.listSessions({ ...asked, pageToken });
    found.push(sessions.map(({ sessionId }) => sessionId));
    pageToken = nextPageToken;
  } while (pageToken !== "");
  return found;
}

async function someSessions(client: SegmentClient, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await aSegment(client)).sessionId);
  return ids;
}

test("sessions are listed newest first, each as GetSession describes it", async () => {
  const { client } = await startTestDaemon();
  const ids = await someSessions(client, 3);
  const oldest = (await client.listSegments({ sessionId: ids[0]! })).segments[0]!;
  await client.append({ segmentId: oldest.segmentId, entries: [userInput("a")] }); // by id, not by use

  const { sessions, nextPageToken } = await client.listSessions({});

  expect(sessions.map(({ sessionId }) => sessionId)).toEqual(ids.toReversed());
  expect(sessions[2]).toEqual((await client.getSession({ sessionId: ids[0]! })).session);
  expect(nextPageToken).toBe("");
});

test("a store without sessions has an empty list", async () => {
  const { client } = await startTestDaemon();

  expect(await client.listSessions({})).toMatchObject({ sessions: [], nextPageToken: "" });
});

test.each([1, 2, 5, 6])("pages of %i give every session once, and the last has no token", async (pageSize) => {
  const { client } = await startTestDaemon();
  const ids = await someSessions(client, 5);

  const found = await pages(client, { pageSize });

  expect(found.flat()).toEqual(ids.toReversed());
  expect(found.length).toBe(Math.ceil(5 / pageSize));
});

test("a page has 100 sessions where its size is 0, and 1000 where that is above 1000", async () => {
  const { client } = await startTestDaemon();
  await Promise.all(Array.from({ length: 1003 }, () => client.createSegment({})));

  const sizes = async (pageSize: number) => (await pages(client, { pageSize })).map(({ length }) => length);

  expect((await sizes(0)).slice(0, 2)).toEqual([100, 100]);
  expect(await sizes(5000)).toEqual([1000, 3]);
});

test("a page size below 0, a token that is none and a prefix of no id are refused", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.listSessions({ pageSize: -1 }))).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["page_size"] });
  expect(await refusalOf(client.listSessions({ pageToken: "x" }))).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["page_token"] });
  expect(await refusalOf(client.listSessions({ idPrefix: "-" }))).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["id_prefix"] });
});

test("ids can be found by how they begin, in either case", async () => {
  const { client } = await startTestDaemon();
  const ids = ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ9AAAAAAAAAAAAAAAAAAAA"];
  for (const sessionId of ids) await client.createSegment({ sessionId });

  expect(await pages(client, { idPrefix: "01ARZ3" })).toEqual([[ids[0]]]);
  expect(await pages(client, { idPrefix: "01arz" })).toEqual([[ids[1], ids[0]]]);
  expect(await pages(client, { idPrefix: "7" })).toEqual([[]]);
});
