import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { idToUuid, parseSegmentId } from "../../src/model/id.js";
import { aSegment, collected, newId, segmentOf } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const UUID = idToUuid(parseSegmentId(ULID));
const FORMS: readonly string[] = [
  ULID,
  ULID.toLowerCase(),
  UUID,
  UUID.toUpperCase(),
  UUID.replaceAll("-", ""),
  UUID.replaceAll("-", "").toUpperCase(),
];

test.each(FORMS)("a segment created under one form of an id is found under %s", async (form) => {
  const { client } = await startTestDaemon();
  await client.createSegment({ sessionId: UUID, segmentId: UUID });

  const segment = await segmentOf(client, form);
  const session = await client.getSession({ sessionId: form });
  const list = await client.listSegments({ sessionId: form });

  expect(segment).toMatchObject({ segmentId: ULID, sessionId: ULID });
  expect(session).toMatchObject({ session: { sessionId: ULID, headSegmentId: ULID } });
  expect(list.segments).toMatchObject([{ segmentId: ULID }]);
});

test.each(FORMS)("an id chosen as %s is stored and answered as the ULID of the same 128 bits", async (form) => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client);

  const created = await client.createSegment({ sessionId: form, segmentId: newId() });
  const forked = await client.forkSegment({ segmentId: source.segmentId, newSegmentId: form });
  const appended = await client.append({ segmentId: form, entries: [userInput("hi")] });
  const [read] = await collected(client.readEntries({ segmentId: form, limit: 1n }));

  expect(created.segment?.sessionId).toBe(ULID);
  expect(forked.segment?.segmentId).toBe(ULID);
  expect(appended.segmentId).toBe(ULID);
  expect(read?.segmentId).toBe(ULID);
});

test("two forms of one id are one id", async () => {
  const { client } = await startTestDaemon();
  await client.createSegment({ segmentId: ULID });

  const again = await refusalOf(client.createSegment({ segmentId: UUID }));

  expect(again).toMatchObject({ code: "ALREADY_EXISTS", reason: "SEGMENT_EXISTS", metadata: { segment_id: ULID } });
});

test("the lowest and the highest 128 bits are ids", async () => {
  const { client } = await startTestDaemon();

  const lowest = await client.createSegment({ segmentId: "0".repeat(32) });
  const highest = await client.createSegment({ segmentId: "f".repeat(32) });

  expect(lowest.segment?.segmentId).toBe("0".repeat(26));
  expect(highest.segment?.segmentId).toBe(`7${"Z".repeat(25)}`);
});

const BAD_IDS: readonly string[] = [
  "x",
  `8${"Z".repeat(25)}`, // above 128 bits
  `${ULID}0`,
  ULID.slice(1),
  ULID.replace("A", "U"), // no digit of a ULID
  ` ${ULID}`,
  `${ULID}\n`,
  `{${UUID}}`,
  `urn:uuid:${UUID}`,
  UUID.replace("-", ""),
  "é".repeat(13),
];

test.each(BAD_IDS)("%j is not an id", async (bad) => {
  const { client } = await startTestDaemon();

  const refusal = await refusalOf(client.getSegment({ segmentId: bad }));

  expect(refusal).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "INVALID_FIELD",
    fields: ["segment_id"],
    metadata: { field: "segment_id" },
  });
  expect(refusal.message).not.toContain(bad.trim());
});

const BAD = "not-an-id";
type Call = (client: SegmentClient, id: string) => Promise<unknown>;
const CALLS: readonly (readonly [path: string, call: Call])[] = [
  ["session_id", (c, id) => c.createSegment({ sessionId: id })],
  ["segment_id", (c, id) => c.createSegment({ segmentId: id })],
  ["segment_id", (c, id) => c.compactSegment({ segmentId: id })],
  ["new_segment_id", (c, id) => c.compactSegment({ segmentId: ULID, newSegmentId: id })],
  ["segment_id", (c, id) => c.forkSegment({ segmentId: id })],
  ["new_segment_id", (c, id) => c.forkSegment({ segmentId: ULID, newSegmentId: id })],
  ["point.segment_id", (c, id) => c.forkSession({ source: { case: "point", value: { segmentId: id } } })],
  ["new_session_id", (c, id) => c.forkSession({ source: { case: "state", value: {} }, newSessionId: id })],
  ["segment_id", (c, id) => c.ensureHeadOrFork({ segmentId: id })],
  ["new_segment_id", (c, id) => c.ensureHeadOrFork({ segmentId: ULID, newSegmentId: id })],
  ["segment_id", (c, id) => c.append({ segmentId: id, entries: [userInput("hi")] })],
  ["segment_id", (c, id) => c.saveDelta({ segmentId: id })],
  ["segment_id", (c, id) => c.truncateSegment({ segmentId: id, entryCount: 1n })],
  ["segment_id", (c, id) => c.deleteSegment({ segmentId: id })],
  ["session_id", (c, id) => c.deleteSession({ sessionId: id })],
  ["session_id", (c, id) => c.importSegment([{ sessionId: id, segmentId: ULID }])],
  ["segment_id", (c, id) => c.importSegment([{ sessionId: ULID, segmentId: id }])],
  ["segment_id", (c, id) => collected(c.restoreSegment({ segmentId: id }))],
  ["segment_id", (c, id) => collected(c.readEntries({ segmentId: id }))],
  ["segment_id", (c, id) => c.getSegment({ segmentId: id })],
  ["session_id", (c, id) => c.getSession({ sessionId: id })],
  ["segment_id", (c, id) => c.appendTrace({ segmentId: id })],
  ["segment_id", (c, id) => collected(c.readTrace({ segmentId: id }))],
];

test.each(CALLS.map(([path, call], i) => ({ path, call, i })))(
  "a bad id is refused by its path, in every method ($i: $path)",
  async ({ path, call }) => {
    const { client } = await startTestDaemon();

    const garbage = await refusalOf(call(client, BAD));
    const missing = await refusalOf(call(client, ""));

    const refusal = { code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: [path], metadata: { field: path } };
    expect([garbage, missing]).toMatchObject([refusal, refusal]);
  },
);

test("a bad session of a list or a restore is refused, an empty one too where it is set", async () => {
  const { client } = await startTestDaemon();

  const refusals = [
    await refusalOf(client.listSegments({ sessionId: BAD })),
    await refusalOf(client.listSegments({ sessionId: "" })),
    await refusalOf(collected(client.restoreSegment({ segmentId: ULID, sessionId: BAD }))),
    await refusalOf(collected(client.restoreSegment({ segmentId: ULID, sessionId: "" }))),
  ];

  for (const refusal of refusals) expect(refusal).toMatchObject({ reason: "INVALID_FIELD", fields: ["session_id"] });
});
