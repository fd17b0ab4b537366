import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { assistantText, turnEnd, userInput } from "../../src/client/entries.js";
import { resume } from "../../src/client/resume.js";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { createSegment } from "../../src/client/segment-functions.js";
import { type Branch, Writer } from "../../src/client/writer.js";
import { LossyProxy } from "../faults/history/load/lossy-proxy.js";
import { seededRandom } from "../journeys/load/random.js";
import { entriesOf, segmentOf } from "../support/a-segment.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("appends that are handed in at once are stored in order, each a unit, behind what the writer knew", async () => {
  const { client } = await startTestDaemon();
  const segment = await createSegment(client);
  const writer = new Writer(client, segment);

  const answers = await Promise.all([
    writer.append(userInput("0"), assistantText("1")),
    writer.append(userInput("2")),
    writer.append(turnEnd(1n)),
  ]);
  await writer.close();

  expect(answers.map(({ firstIndex, entryCount }) => [firstIndex, entryCount])).toEqual([
    [1n, 3n],
    [3n, 4n],
    [4n, 5n],
  ]);
  expect(writer).toMatchObject({ segmentId: segment.segmentId, entryCount: 5n });
  expect(await textsOf(client, segment.segmentId)).toEqual(["0", "", "2", ""]);
});

test("where somebody else has written, the writer and all that it has handed in go on in a branch, of which it tells", async () => {
  const { client } = await startTestDaemon();
  const segment = await createSegment(client);
  const branches: Branch[] = [];
  const writer = new Writer(client, segment, { onBranch: (branch) => branches.push(branch) });
  await writer.append(userInput("mine 0"));
  await client.append({ segmentId: segment.segmentId, entries: [userInput("theirs")] });

  const answers = await Promise.all([1, 2, 3].map((number) => writer.append(userInput(`mine ${number}`))));
  await writer.close();

  expect(answers.map(({ forked }) => forked)).toEqual([true, false, false]);
  expect(branches).toEqual([{ fromSegmentId: segment.segmentId, segmentId: writer.segmentId, entryCount: 2n }]);
  expect(await textsOf(client, segment.segmentId)).toEqual(["mine 0", "theirs"]);
  expect(await textsOf(client, writer.segmentId)).toEqual(["mine 1", "mine 2", "mine 3"]);
  expect((await segmentOf(client, writer.segmentId)).base).toMatchObject({ segmentId: segment.segmentId, entryCount: 2n });
});

test("a refused append takes those with it that were handed in behind it, and the writer goes on", async () => {
  const { client } = await startTestDaemon();
  const writer = new Writer(client, await createSegment(client));

  const outcomes = await Promise.allSettled([
    writer.append(userInput("0")),
    writer.append({}),
    writer.append(userInput("behind")),
    ...Array.from({ length: 200 }, () => writer.append(userInput("far behind"))),
  ]);
  await writer.append(userInput("1"));

  expect(outcomes[0]).toMatchObject({ status: "fulfilled" });
  expect(outcomes[1]).toMatchObject({ status: "rejected", reason: { reason: "INVALID_FIELD" } });
  for (const behind of outcomes.slice(2)) expect(behind).toMatchObject({ status: "rejected", reason: { reason: "STREAM_FENCED" } });
  expect(await textsOf(client, writer.segmentId)).toEqual(["0", "1"]);
});

test("a writer whose segment was cut back below what it knows ends, and resume gives the state and a writer behind it", async () => {
  const { client } = await startTestDaemon();
  const writer = new Writer(client, await createSegment(client));
  await writer.append(userInput("0"), userInput("1"));
  await client.truncateSegment({ segmentId: writer.segmentId, entryCount: 2n });

  const lost = await Promise.allSettled([writer.append(userInput("2")), writer.append(userInput("3"))]);
  const { state, writer: next } = await resume(client, writer.segmentId);
  await next.append(userInput("1 again"));

  for (const outcome of lost) expect(outcome).toMatchObject({ reason: { reason: "HEAD_MISMATCH", entryCount: 2n } });
  await expect(writer.append(userInput("4"))).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
  expect(state).toMatchObject({ entryCount: 2n, history: [expect.anything()] });
  expect(await textsOf(client, writer.segmentId)).toEqual(["0", "1 again"]);
});

test("with onConflict fail nothing is written beside what somebody else has written", async () => {
  const { client } = await startTestDaemon();
  const segment = await createSegment(client);
  const writer = new Writer(client, segment, { onConflict: "fail" });
  await client.append({ segmentId: segment.segmentId, entries: [userInput("theirs")] });

  const lost = writer.append(userInput("mine"));

  await expect(lost).rejects.toMatchObject({ reason: "HEAD_MISMATCH", entryCount: 2n });
  expect(await textsOf(client, segment.segmentId)).toEqual(["theirs"]);
});

test("answers that get lost lead to no entry twice, none missing, and no branch that is not known, also where two write", async () => {
  const daemon = await startTestDaemon();
  const segment = await createSegment(daemon.client);
  const way = join(daemon.folder, "way.sock");
  const proxy = await LossyProxy.listen(way, daemon.socket, seededRandom(7));
  onTestFinished(() => proxy.close());
  const writers = ["a", "b"].map((name) => {
    const client = createSegmentClient({ socket: way }, { channel: { "grpc.initial_reconnect_backoff_ms": 100 } });
    onTestFinished(() => client.close());
    return { name, client, writer: new Writer(client, segment, { retryForMs: 30_000 }) };
  });

  const stored = await Promise.all(
    writers.map(async ({ name, writer }) => {
      const answers = [];
      for (let round = 0; round < 25; round++)
        answers.push(...(await Promise.all([0, 1, 2].map((i) => writer.append(userInput(`${name} ${3 * round + i}`))))));
      await writer.close();
      return answers.map((answer, i) => ({ ...answer, text: `${name} ${i}` }));
    }),
  );

  expect(proxy.lostCount).toBeGreaterThan(0);
  for (const { segmentId, firstIndex, text } of stored.flat())
    expect((await entriesOf(daemon.client, segmentId))[Number(firstIndex)]).toMatchObject(userInput(text));
  const { segments } = await daemon.client.listSegments({});
  expect(new Set(segments.map(({ segmentId }) => segmentId))).toEqual(
    new Set([segment.segmentId, ...stored.flat().map(({ segmentId }) => segmentId)]),
  );
  const texts = await Promise.all(segments.map(({ segmentId }) => textsOf(daemon.client, segmentId)));
  expect(texts.flat().sort()).toEqual(
    stored
      .flat()
      .map(({ text }) => text)
      .sort(),
  );
});

test("a writer that is closed takes nothing more, and close waits for what was handed in", async () => {
  const { client } = await startTestDaemon();
  const writer = new Writer(client, await createSegment(client));
  const appended = writer.append(userInput("0"));

  await writer.close();

  expect(writer.entryCount).toBe(2n);
  await appended;
  await expect(writer.append(userInput("1"))).rejects.toThrow("the writer is closed");
});

test("what the owner throws at a branch ends the writer, and what was stored is told", async () => {
  const { client } = await startTestDaemon();
  const segment = await createSegment(client);
  const onBranch = () => {
    throw new Error("no branches here");
  };
  const writer = new Writer(client, segment, { onBranch });
  await client.append({ segmentId: segment.segmentId, entries: [userInput("theirs")] });

  const outcomes = await Promise.allSettled([writer.append(userInput("0")), writer.append(userInput("1"))]);

  expect(outcomes).toMatchObject([{ status: "fulfilled", value: { forked: true } }, { reason: { message: "no branches here" } }]);
});

/** The texts of a segment's submissions, and "" for each other entry, the opening one left out. */
async function textsOf(client: SegmentClient, segmentId: string): Promise<string[]> {
  const [, ...entries] = await entriesOf(client, segmentId);
  return entries.map(({ kind }) => (kind.case === "userInput" ? String(kind.value.pieces[0]?.kind.value) : ""));
}
