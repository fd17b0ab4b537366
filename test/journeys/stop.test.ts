import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { ReadEntriesRequestSchema, TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { STOP_MS_MAX } from "../../src/model/limits.js";
import { aSegment, entriesOf } from "../support/a-segment.js";
import { MAIN } from "../support/cli.js";
import { userInput } from "../support/entries.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { startTestProcess, type TestProcess, testClient } from "./daemon/test-process.js";
import { placed, type Scope } from "./load/observer.js";
import { type AppendOutcome, UnconditionalLoad } from "./load/unconditional-load.js";

const WRITERS = 6;
const MIB = 2 ** 20;

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s under load answers what is in flight, ends tails with DRAINING, and ends with 0",
  async (signal) => {
    const folder = temporaryFolder();
    const { daemon, socket, client } = await startTestProcess(MAIN, folder);
    const { segmentId, sessionId } = await aSegment(client);
    const scopes: readonly Scope[] = [
      { case: "store", value: {} },
      { case: "sessionId", value: sessionId },
      { case: "segmentId", value: segmentId },
    ];
    const tailEnds = scopes.map((scope) => tailToEnd(testClient(socket), scope));
    const writers = Array.from({ length: WRITERS }, () => testClient(socket));
    const load = new UnconditionalLoad(writers, { segmentId, enoughCount: 300 });
    await load.enough;

    const startMs = performance.now();
    const end = await daemon.end(signal);
    const stopMs = performance.now() - startMs;
    const outcomes = await load.outcomes();

    expect(end, daemon.log).toBe(0);
    expect(stopMs).toBeLessThan(STOP_MS_MAX);
    expect(existsSync(socket)).toBe(false);
    for (const tailEnd of tailEnds) expect(await tailEnd).toMatchObject({ codeName: "UNAVAILABLE", reason: "DRAINING" });
    for (const outcome of outcomes) expect(isAnswered(outcome) || neverCameIn(outcome), outcome.error?.message).toBe(true);
    expect(daemon.log).not.toContain("calls were cut off");

    const { client: later } = await startTestProcess(MAIN, folder);
    const [, ...stored] = (await entriesOf(later, segmentId)).map((entry) => placed(segmentId, entry).text);
    const acknowledged = outcomes.filter(({ error }) => error === undefined).map(({ text }) => text);
    expect(stored.toSorted()).toEqual(acknowledged.toSorted());
  },
);

test.each([
  ["SIGTERM", "SIGTERM"],
  ["SIGTERM", "SIGINT"],
  ["SIGINT", "SIGTERM"],
] as const)("%s and then %s ends a daemon at once that still has a call to answer", async (first, second) => {
  const process = await startTestProcess(MAIN);
  const { daemon } = process;
  await readingThatStandsStill(process);

  const stopped = daemon.end(first);
  await daemon.logged("the daemon stops");
  const startMs = performance.now();
  void daemon.end(second);

  expect(await stopped).toBe(second);
  expect(performance.now() - startMs).toBeLessThan(1000);
});

test("a call whose caller reads no more is cut off, and the stop ends well and in time all the same", async () => {
  const process = await startTestProcess(MAIN);
  const { daemon } = process;
  await readingThatStandsStill(process);

  const startMs = performance.now();
  const end = await daemon.end("SIGTERM");

  expect(end, daemon.log).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(STOP_MS_MAX);
  expect(daemon.log).toContain("calls were cut off");
});

/** Asks for more than fits into the buffers between, and reads none of it, so that the call cannot end. */
async function readingThatStandsStill({ client, socket }: TestProcess): Promise<void> {
  const { segmentId } = await aSegment(client);
  for (let i = 0; i < 4; i++) await client.append({ segmentId, entries: [userInput("x".repeat(MIB))] });
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());
  session.on("error", () => {}); // the daemon's end
  const headers = {
    ":method": "POST",
    ":path": "/seglog.v1.SegmentService/ReadEntries",
    "content-type": "application/grpc",
    te: "trailers",
  };
  const stream = session.request(headers);
  stream.on("error", () => {}); // likewise
  const request = toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId }));
  stream.end(Buffer.from([0, 0, 0, 0, request.length, ...request])); // as gRPC frames a short message
  await once(stream, "response");
}

async function tailToEnd(client: SegmentClient, scope: Scope): Promise<unknown> {
  try {
    for await (const _ of client.tail({ scope, start: { case: "edge", value: TailEdge.BEGINNING } }));
    return "a clean end";
  } catch (error) {
    return error;
  }
}

function isAnswered({ error }: AppendOutcome): boolean {
  return error === undefined || error.reason !== undefined;
}

/** The daemon took no more, said so, and was gone when the client looked for it again to send the call on. */
function neverCameIn({ error }: AppendOutcome): boolean {
  return error?.codeName === "UNAVAILABLE" && /\((ENOENT|ECONNREFUSED)\)/.test(error.message);
}
