import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { SegmentClientError } from "../../src/client/client-error.js";
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

test.each([0, 1, 2, 3, 4, 5])(
  "where the stream breaks after %i answers to appends behind a conflict, all of them are on the branch, once",
  async (answers) => {
    const { client } = await startTestDaemon();
    const segment = await createSegment(client);
    await client.append({ segmentId: segment.segmentId, entries: [userInput("theirs 0"), userInput("theirs 1")] });
    const branches: Branch[] = [];
    const writer = new Writer(breakingOnce(client, answers), segment, { onBranch: (branch) => branches.push(branch) });

    const told = await Promise.all([0, 1, 2, 3, 4].map((number) => writer.append(userInput(`mine ${number}`))));
    await writer.append(turnEnd(1n));
    await writer.close();

    expect(new Set(told.map(({ segmentId }) => segmentId))).toEqual(new Set([writer.segmentId]));
    expect(branches).toHaveLength(1);
    expect(await textsOf(client, segment.segmentId)).toEqual(["theirs 0", "theirs 1"]);
    expect(await textsOf(client, writer.segmentId)).toEqual(["mine 0", "mine 1", "mine 2", "mine 3", "mine 4", ""]);
  },
);

test.each([0, 1, 2, 3])(
  "where the stream breaks after %i answers to appends behind a refused one, each is refused, and the writer goes on",
  async (answers) => {
    const { client } = await startTestDaemon();
    const writer = new Writer(breakingOnce(client, answers), await createSegment(client));

    const told = await Promise.allSettled([writer.append({}), writer.append(userInput("0")), writer.append(userInput("1"))]);
    await writer.append(userInput("2"));

    const reasons = told.map((outcome) => (outcome.status === "rejected" ? outcome.reason.reason : "stored"));
    expect(reasons).toEqual(["INVALID_FIELD", "STREAM_FENCED", "STREAM_FENCED"]);
    expect(await textsOf(client, writer.segmentId)).toEqual(["2"]);
  },
);

test.each([1, 2, 3])(
  "where a branch is lost again after %i answers, every append is settled, and the writer has ended",
  async (answers) => {
    const { client } = await startTestDaemon();
    const segment = await createSegment(client);
    await client.append({ segmentId: segment.segmentId, entries: [userInput("theirs")] });
    const theirs: Promise<unknown>[] = [];
    const onBranch = ({ segmentId }: Branch) => void theirs.push(client.append({ segmentId, entries: [userInput("theirs too")] }));
    const writer = new Writer(breakingOnce(client, answers), segment, { onBranch, onConflict: "fork" });

    const told = await Promise.allSettled([0, 1, 2, 3].map((number) => writer.append(userInput(`mine ${number}`))));
    await writer.close();
    await Promise.all(theirs);

    expect(told[0]).toMatchObject({ status: "fulfilled" });
    expect(told).toHaveLength(4);
  },
);

test("an append that is larger than a request may be is refused with those behind it, and the writer goes on", async () => {
  const { client } = await startTestDaemon({ limits: { requestBytesMax: 2 ** 21, entryBytesMax: 2 ** 20 } });
  const writer = new Writer(client, await createSegment(client));
  const large = Array.from({ length: 4 }, () => userInput("x".repeat(900_000)));

  const told = await Promise.allSettled([writer.append(userInput("before")), writer.append(...large), writer.append(userInput("behind"))]);
  await writer.append(userInput("after"));

  expect(told).toMatchObject([
    { status: "fulfilled" },
    { reason: { codeName: "RESOURCE_EXHAUSTED", message: expect.stringContaining("wanted at most 2097152") } },
    { reason: { reason: "STREAM_FENCED" } },
  ]);
  expect(await textsOf(client, writer.segmentId)).toEqual(["before", "after"]);
});

test("what its owner does to an entry after the append is not written", async () => {
  const { client } = await startTestDaemon();
  const writer = new Writer(client, await createSegment(client));
  const piece = { kind: { case: "text" as const, value: "as it was" } };

  const appended = writer.append(userInput([piece]));
  piece.kind.value = "changed";
  await appended;

  expect(await textsOf(client, writer.segmentId)).toEqual(["as it was"]);
});

test("a writer that stood idle while the daemon was away waits for it in the next outage as long as in the first", async () => {
  const first = await startTestDaemon();
  const client = createSegmentClient({ socket: first.socket });
  onTestFinished(() => client.close());
  const writer = new Writer(client, await createSegment(client), { retryForMs: 3000 });
  await writer.append(userInput("0"));
  await first.daemon.close();
  await delay(3500); // longer than it would try

  const appended = writer.append(userInput("1"));
  await startTestDaemon({ folder: first.folder });

  expect(await appended).toMatchObject({ firstIndex: 2n });
});

/** A client whose first stream of appends breaks once so many answers have come. */
function breakingOnce(client: SegmentClient, answers: number): SegmentClient {
  let isBroken = false;
  return {
    ...client,
    async *appendStream(requests, options) {
      let left = isBroken ? Number.POSITIVE_INFINITY : answers;
      isBroken = true;
      if (left === 0) {
        // The daemon has them all, and nobody is told.
        const lost = client.appendStream(requests, options)[Symbol.asyncIterator]();
        await lost.next();
        await lost.return?.();
        throw new SegmentClientError(Code.UNAVAILABLE, "broken");
      }
      for await (const answer of client.appendStream(requests, options)) {
        yield answer;
        if (--left === 0) throw new SegmentClientError(Code.UNAVAILABLE, "broken");
      }
    },
  };
}
