import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { idToUuid, parseSegmentId } from "../../src/model/id.js";
import { aSegment, newId } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

/** Ids of new segments in one session, oldest first. */
async function someSegments(
  client: SegmentClient,
  count: number,
): Promise<{ readonly sessionId: string; readonly ids: readonly string[] }> {
  const sessionId = newId();
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await aSegment(client, { sessionId })).segmentId);
  return { sessionId, ids };
}

/** The ids of each page, to the end. */
async function pages(
  client: SegmentClient,
  asked: { readonly sessionId?: string; readonly pageSize?: number; readonly idPrefix?: string },
): Promise<string[][]> {
  const found: string[][] = [];
  let pageToken = "";
  do {
    const { segments, nextPageToken } = await client.listSegments({ ...asked, pageToken });
    found.push(segments.map(({ segmentId }) => segmentId));
    pageToken = nextPageToken;
  } while (pageToken !== "");
  return found;
}

test("segments are listed newest first, each as GetSegment describes it", async () => {
  const { client } = await startTestDaemon();
  const { ids } = await someSegments(client, 3);
  await client.append({ segmentId: ids[0]!, entries: [userInput("a")] }); // by id, not by use

  const { segments, nextPageToken } = await client.listSegments({});

  expect(segments.map(({ segmentId }) => segmentId)).toEqual(ids.toReversed());
  expect(segments[2]).toEqual((await client.getSegment({ segmentId: ids[0]! })).segment);
  expect(nextPageToken).toBe("");
});

test("a session's segments are listed by themselves; none for a session that is not known", async () => {
  const { client } = await startTestDaemon();
  const first = await someSegments(client, 2);
  const second = await someSegments(client, 3);

  expect(await pages(client, { sessionId: first.sessionId })).toEqual([first.ids.toReversed()]);
  expect(await pages(client, { sessionId: second.sessionId, pageSize: 2 })).toEqual([
    second.ids.slice(1).toReversed(),
    second.ids.slice(0, 1),
  ]);
  expect(await client.listSegments({ sessionId: newId() })).toMatchObject({ segments: [], nextPageToken: "" });
});

test.each([1, 2, 3, 6, 7])("pages of %i give every segment once, and the last has no token", async (pageSize) => {
  const { client } = await startTestDaemon();
  const { ids, sessionId } = await someSegments(client, 6);

  for (const asked of [{ pageSize }, { pageSize, sessionId }]) {
    const found = await pages(client, asked);
    expect(found.flat()).toEqual(ids.toReversed());
    expect(found.length).toBe(Math.ceil(6 / pageSize));
  }
});

test("a page has 100 segments where its size is 0, and 1000 where that is above 1000", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  await Promise.all(Array.from({ length: 1005 }, () => client.forkSegment({ segmentId })));

  const sizes = async (pageSize: number) => (await pages(client, { pageSize })).map(({ length }) => length);

  expect((await sizes(0)).slice(0, 2)).toEqual([100, 100]);
  expect(await sizes(1000)).toEqual([1000, 6]);
  expect(await sizes(5000)).toEqual([1000, 6]);
  expect(await sizes(2 ** 31 - 1)).toEqual([1000, 6]);
});

test.each([-1, -(2 ** 31)])("a page size of %i is refused", async (pageSize) => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.listSegments({ pageSize }))).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "INVALID_FIELD",
    fields: ["page_size"],
  });
});

test.each(["x", "AAAA", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "%%%"])("%j is not the token of a page", async (pageToken) => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.listSegments({ pageToken }))).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "INVALID_FIELD",
    fields: ["page_token"],
  });
});

test("a page goes on where the last one ended, whatever was created and deleted meanwhile", async () => {
  const { client } = await startTestDaemon();
  const { ids, sessionId } = await someSegments(client, 4);
  const { nextPageToken } = await client.listSegments({ pageSize: 2 });
  await aSegment(client, { sessionId });
  await client.deleteSegment({ segmentId: ids[2]! }); // the one that the token names
  await client.deleteSegment({ segmentId: ids[1]! });

  const { segments } = await client.listSegments({ pageSize: 2, pageToken: nextPageToken });

  expect(segments.map(({ segmentId }) => segmentId)).toEqual([ids[0]]);
});

test("ids can be found by how they begin, in either case, or by a whole UUID", async () => {
  const { client } = await startTestDaemon();
  const ids = [
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAW",
    "01ARZ9AAAAAAAAAAAAAAAAAAAA",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "00000000000000000000000000",
  ];
  for (const segmentId of ids) await client.createSegment({ segmentId });
  const found = async (idPrefix: string) => (await pages(client, { idPrefix })).flat();

  expect(await found("01ARZ3NDEK")).toEqual([ids[1], ids[0]]);
  expect(await found("01arz3ndek")).toEqual([ids[1], ids[0]]);
  expect(await found("01ARZ")).toEqual([ids[2], ids[1], ids[0]]);
  expect(await found(ids[0]!.toLowerCase())).toEqual([ids[0]]);
  expect(await found(idToUuid(parseSegmentId(ids[0]!)))).toEqual([ids[0]]);
  expect(await found("7")).toEqual([ids[3]]);
  expect(await found("0")).toEqual([ids[2], ids[1], ids[0], ids[4]]);
  expect(await found("8")).toEqual([]); // above 128 bits
  expect(await found("02")).toEqual([]);
  expect((await pages(client, { idPrefix: "01ARZ3", pageSize: 1 })).flat()).toEqual([ids[1], ids[0]]);
});

test.each(["U", "01ARZ3-", "x".repeat(40), "01ARZ3NDEKTSV4RRFFQ69G5FAV0", " "])(
  "no id begins with %j, which is refused",
  async (idPrefix) => {
    const { client } = await startTestDaemon();

    expect(await refusalOf(client.listSegments({ idPrefix }))).toMatchObject({
      code: "INVALID_ARGUMENT",
      reason: "INVALID_FIELD",
      fields: ["id_prefix"],
    });
  },
);

test("the lowest and the highest id are listed, by themselves and after each other", async () => {
  const { client } = await startTestDaemon();
  const [lowest, highest] = ["0".repeat(26), `7${"Z".repeat(25)}`];
  const sessionId = highest;
  for (const segmentId of [lowest, highest]) await client.createSegment({ segmentId, sessionId });

  for (const asked of [{}, { sessionId }]) {
    expect(await pages(client, { ...asked, pageSize: 1 })).toEqual([[highest], [lowest]]);
    expect(await pages(client, { ...asked, idPrefix: lowest })).toEqual([[lowest]]);
    expect(await pages(client, { ...asked, idPrefix: highest })).toEqual([[highest]]);
    const pageToken = Buffer.from(lowest).toString("base64url"); // behind the lowest there is nothing
    expect(await client.listSegments({ ...asked, pageToken })).toMatchObject({ segments: [], nextPageToken: "" });
  }
});

test("a prefix goes with a session and a page", async () => {
  const { client } = await startTestDaemon();
  const { ids, sessionId } = await someSegments(client, 3);
  await someSegments(client, 2);
  const idPrefix = ids[0]!.slice(0, 6);

  expect((await pages(client, { sessionId, idPrefix, pageSize: 2 })).flat()).toEqual(ids.toReversed());
});
