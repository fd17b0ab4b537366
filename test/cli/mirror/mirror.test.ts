import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test, vi } from "vitest";
import { Role } from "../../../gen/seglog/v1/entry_pb.js";
import { type AppendRequest, AppendRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { aSegment, newId, segmentOf } from "../../support/a-segment.js";
import { flipText } from "../../support/damaged-store.js";
import { assistantText, openingHistory, placed, segmentStart, textMessage, turnEnd, userInput } from "../../support/entries.js";
import { filesBelow } from "../../support/jsonl-layout.js";
import { KINDS, startMirroring } from "./mirroring.js";

describe.each(KINDS)("a copy in a %s", (kind) => {
  test("is what the source is: forks of forks, compactions, openings in parts, times of the writer, unknown fields", async () => {
    const { client, mirrorOnce, compare } = await startMirroring(kind);
    await aTree(client);
    await anImport(client);
    const { segmentId } = await aSegment(client);
    await client.append({ segmentId, entries: [placed(userInput("then"), { timeMs: 1_000_000_000_123 })] });
    await client.append(withUnknownFields(segmentId));

    const { mirror } = await mirrorOnce();

    expect(await compare()).toMatchObject({ segments: 6 });
    expect(mirror.counts).toMatchObject({ compared: 6, leftOutCount: 0 });
  });

  test("follows what is done at the source", async () => {
    const { client, mirrorOn, compare } = await startMirroring(kind);
    const { root, fork, deepest, sessionId } = await aTree(client);
    const other = await aSegment(client, { entries: 4 });
    await mirrorOn();
    await becomes(compare);

    await client.append({ segmentId: root, entries: [userInput("more"), turnEnd(7n)] });
    await client.truncateSegment({ segmentId: deepest, entryCount: 1n });
    await client.append({ segmentId: deepest, entries: [assistantText("another way")] });
    await becomes(compare);
    await client.deleteSegment({ segmentId: deepest });
    await client.truncateSegment({ segmentId: fork, entryCount: 1n });
    await client.createSegment({ sessionId: other.sessionId, segmentId: deepest, state: { systemPrompt: "an id again" } });
    await anImport(client, sessionId);
    await becomes(compare);
    await client.deleteSession({ sessionId });

    expect(await becomes(compare)).toEqual({ segments: 2, entries: 5 });
  });

  test.each([false, true])(
    "goes on after it was away, through truncations and deletions (comparing everything: %s)",
    async (isCompared) => {
      const { client, mirrorOnce, compare } = await startMirroring(kind);
      const { root, fork, deepest } = await aTree(client);
      const [gone, cut, short] = [
        await aSegment(client, { entries: 3 }),
        await aSegment(client, { entries: 6 }),
        await aSegment(client, { entries: 6 }),
      ];
      await mirrorOnce();

      await client.deleteSession({ sessionId: gone.sessionId });
      await client.createSegment({ segmentId: gone.segmentId, sessionId: cut.sessionId, state: {} });
      await client.truncateSegment({ segmentId: cut.segmentId, entryCount: 2n });
      await client.truncateSegment({ segmentId: short.segmentId, entryCount: 3n });
      await client.append({ segmentId: cut.segmentId, entries: [userInput("a"), userInput("b"), userInput("c")] });
      await client.deleteSegment({ segmentId: deepest });
      await client.deleteSegment({ segmentId: fork });
      await client.truncateSegment({ segmentId: root, entryCount: 1n });
      await client.append({ segmentId: root, entries: [userInput("not what the fork had")] });
      await client.forkSegment({ segmentId: root, newSegmentId: fork });
      await mirrorOnce({ compare: isCompared });

      expect(await compare()).toMatchObject({ segments: 6 });
    },
  );

  test("compares nothing that a token covers, and each entry that comes again once", async () => {
    const { client, mirrorOnce, compare } = await startMirroring(kind);
    const [one, other] = [await aSegment(client, { entries: 3 }), await aSegment(client, { entries: 3 })];
    const first = await mirrorOnce();
    for (const { segmentId } of [one, other, one, other]) await client.append({ segmentId, entries: [userInput("more")] });

    const second = await mirrorOnce();
    const third = await mirrorOnce();

    expect(first.mirror.counts).toMatchObject({ compared: 2, entries: 6 });
    expect(second.mirror.counts).toMatchObject({ compared: 2, entries: 4 });
    expect(third.mirror.counts).toMatchObject({ compared: 0, entries: 0 });
    expect(third.position).toBe(10n);
    await compare();
  });

  test("of one session has that session alone, and goes with it", async () => {
    const { client, mirrorOnce, compare } = await startMirroring(kind);
    const { sessionId, root } = await aTree(client);
    const other = await aSegment(client);

    await mirrorOnce({ session: sessionId.slice(0, 25) });
    const { sessionId: again } = await segmentOf(client, root);
    await client.deleteSession({ sessionId: other.sessionId });
    expect(await compare()).toMatchObject({ segments: 4 });
    await client.deleteSession({ sessionId: again });
    await mirrorOnce({ session: sessionId.slice(0, 25).toLowerCase() });

    expect(await compare()).toEqual({ segments: 0, entries: 0 });
  });
});

test("a copy in a daemon has forks by reference", async () => {
  const { client, copyClient, mirrorOnce } = await startMirroring("daemon");
  const { fork, deepest } = await aTree(client);

  await mirrorOnce();

  expect((await segmentOf(copyClient, fork)).base).toEqual((await segmentOf(client, fork)).base);
  expect((await segmentOf(copyClient, deepest)).byteSize).toBe((await segmentOf(client, deepest)).byteSize);
});

test("a source that is damaged is told of, with the place, and the copy stays as it is", async () => {
  const { client, dataDir, copyFolder, mirrorOnce } = await startMirroring("folder");
  const { segmentId } = await aSegment(client, { entries: 2 });
  await mirrorOnce();
  await client.append({ segmentId, entries: [userInput("QUESTIONABLE")] });
  const before = filesBelow(copyFolder);
  flipText(dataDir, "QUESTIONABLE");

  const failed = mirrorOnce();

  const message = expect.stringMatching(`^the source is damaged: .*${segmentId}`);
  await expect(failed).rejects.toMatchObject({ exitCode: 6, message });
  expect(filesBelow(copyFolder)).toEqual(before);
});

/** A segment, a fork of it, a fork of that, and a compaction: four segments. */
async function aTree(client: SegmentClient) {
  const { sessionId, segmentId: root } = await aSegment(client, { entries: 5 });
  const [fork, deepest] = [newId(), newId()];
  await client.forkSegment({ segmentId: root, newSegmentId: fork, at: { case: "entryCount", value: 3n } });
  await client.append({ segmentId: fork, entries: [userInput("otherwise"), turnEnd(1n)] });
  await client.forkSegment({ segmentId: fork, newSegmentId: deepest, at: { case: "entryCount", value: 2n } });
  await client.append({ segmentId: deepest, entries: [userInput("deep")] });
  await client.compactSegment({ segmentId: root, state: { systemPrompt: "in short" } });
  return { sessionId, root, fork, deepest };
}

/** What an Append does not take: an opening in parts, a line that nobody understands, and a later start. */
async function anImport(client: SegmentClient, sessionId = newId()): Promise<void> {
  const part = openingHistory(textMessage(Role.ASSISTANT, "said"));
  const foreign = { kind: { case: "foreign" as const, value: { format: "session-store.jsonl", text: "{" } } };
  const entries = [segmentStart(sessionId), part, part, userInput("one"), foreign, segmentStart(sessionId), part];
  await client.importSegment([{ sessionId, segmentId: newId(), entries: entries.map((entry, i) => placed(entry, { timeMs: i * 1000 })) }]);
}

/** An entry with a field of a newer contract: number 2000, a text of three bytes. */
function withUnknownFields(segmentId: string): AppendRequest {
  const entry = userInput("known");
  const request = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries: [entry] }));
  const decoded = fromBinary(AppendRequestSchema, request);
  for (const { $unknown: _none, ...rest } of decoded.entries) {
    decoded.entries = [{ ...rest, $unknown: [{ no: 2000, wireType: 2, data: Uint8Array.of(3, 0x61, 0x62, 0x63) }] }];
  }
  return decoded;
}

/** Waits for the copy to be what the source is. */
function becomes<Result>(compare: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(compare, { timeout: 30_000, interval: 20 });
}
