import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { expect, onTestFinished, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import {
  AppendRequestSchema,
  type AppendStreamResponse,
  GetStatusResponseSchema,
  SegmentService,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { ERROR_DETAILS_TRAILER } from "../../src/contract/error-details.js";
import { aSegment, collected, newId, segmentOf } from "../support/a-segment.js";
import { segmentStart, userInput } from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

/** A connection that holds calls open without their message: they begin when that is sent. */
async function heldCalls(socket: string, ...methods: string[]) {
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());
  await once(session, "connect");
  const calls = methods.map((method) =>
    session.request({
      ":method": "POST",
      ":path": `/seglog.v1.SegmentService/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    }),
  );
  await pong(session); // the headers have arrived
  return calls.map((call) => ({
    /** Sends the one message and resolves to what answers it. */
    send: async (message: Uint8Array): Promise<{ readonly headers: IncomingHttpHeaders; readonly body: Buffer }> => {
      const parts: Buffer[] = [];
      const headers: IncomingHttpHeaders = {};
      call.on("response", (response) => Object.assign(headers, response));
      call.on("trailers", (trailers) => Object.assign(headers, trailers));
      call.on("data", (part: Buffer) => parts.push(part));
      const frame = Buffer.alloc(5);
      frame.writeUInt32BE(message.length, 1);
      call.end(Buffer.concat([frame, message]));
      await once(call, "close");
      return { headers, body: Buffer.concat(parts).subarray(5) };
    },
  }));
}

function pong(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
}

// Object.keys forgets the names' types. The units of an AppendStream have answers of their own.
const METHODS = (Object.keys(SegmentService.method) as (keyof typeof SegmentService.method)[]).filter((name) => name !== "appendStream");

test.each(METHODS)("bytes that are no protobuf are a bad request to %s, and not a failure", async (method) => {
  const { socket, logLines } = await startTestDaemon();
  const service = rawService(socket);

  for (const garbage of [[0xff, 0xff, 0xff], [0x0a, 5, 0x41], [0x0b], [0x07]]) {
    const refusal = await refusalOf(collected(service.answers(method, Buffer.from(garbage))));
    expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD" });
    expect(refusal.fields).toHaveLength(1);
  }
  expect(logLines.filter((line) => line.includes("error"))).toEqual([]);
});

test("a call that begins while the daemon stops is refused with DRAINING; its status is still told", async () => {
  const { client, daemon, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const [append, status] = await heldCalls(socket, "Append", "GetStatus");

  const closed = daemon.close();
  const request = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries: [userInput("late")] }));
  const [refused, told] = await Promise.all([append!.send(request), status!.send(new Uint8Array())]);
  await closed;

  expect(refused.headers["grpc-status"]).toBe(String(Code.UNAVAILABLE));
  const details = fromBinary(StatusSchema, Buffer.from(String(refused.headers[ERROR_DETAILS_TRAILER]), "base64")).details;
  expect(details.map((detail) => anyUnpack(detail, ErrorInfoSchema)).filter(Boolean)).toMatchObject([
    { domain: "seglog", reason: "DRAINING" },
  ]);
  expect(details.map((detail) => anyUnpack(detail, RetryInfoSchema)).filter(Boolean)).toMatchObject([{ retryDelay: { seconds: 1n } }]);
  expect(told.headers["grpc-status"]).toBe("0");
  expect(fromBinary(GetStatusResponseSchema, told.body)).toMatchObject({ draining: true });
});

test("a stream of appends ends with DRAINING at once, and each unit that was taken is answered and stays", async () => {
  const { client, daemon, folder } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const stop = { isOver: false };
  async function* endless() {
    for (let i = 1n; !stop.isOver; i++) yield { correlationId: i, append: { segmentId, entries: [userInput(`${i}`)] } };
    await new Promise(() => {}); // a pod that keeps its stream open
  }
  const answers: AppendStreamResponse[] = [];
  let closed: Promise<void> | undefined;
  let closeMs = 0;
  const read = async () => {
    for await (const answer of client.appendStream(endless())) {
      answers.push(answer);
      if (answers.length !== 300) continue;
      const startMs = performance.now();
      closed = daemon.close().then(() => {
        closeMs = performance.now() - startMs;
      });
      stop.isOver = true;
    }
  };

  const refusal = await refusalOf(read());
  await closed;

  expect(refusal).toMatchObject({ code: "UNAVAILABLE", reason: "DRAINING" });
  expect(closeMs).toBeLessThan(3000);
  expect(answers.every(({ outcome }, i) => outcome.case === "appended" && outcome.value.firstIndex === BigInt(i + 1))).toBe(true);
  const { client: later } = await startTestDaemon({ folder });
  expect(await segmentOf(later, segmentId)).toMatchObject({ entryCount: BigInt(answers.length + 1) });
});

test("an idle stream of appends does not hold a stop up", async () => {
  const { client, daemon } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  async function* one() {
    yield { append: { segmentId, entries: [userInput("a")] } };
    await new Promise(() => {});
  }
  const answers = client.appendStream(one())[Symbol.asyncIterator]();
  await answers.next();
  const startMs = performance.now();

  const closed = daemon.close();

  expect(await refusalOf(answers.next())).toMatchObject({ code: "UNAVAILABLE", reason: "DRAINING" });
  await closed;
  expect(performance.now() - startMs).toBeLessThan(3000);
});

test("an import that is under way ends with DRAINING, and goes on when it comes again", async () => {
  const { client, daemon, folder } = await startTestDaemon();
  const [sessionId, segmentId] = [newId(), newId()];
  const entries = [segmentStart(sessionId), ...Array.from({ length: 1500 }, (_, i) => userInput(`${i}`))];
  let closed: Promise<void> | undefined;
  async function* messages() {
    yield { sessionId, segmentId, entries: entries.slice(0, 1000) };
    await expect.poll(() => client.getSegment({ segmentId }).catch(() => undefined)).toBeDefined();
    closed = daemon.close();
    await new Promise(() => {});
  }

  const refusal = await refusalOf(client.importSegment(messages()));
  await closed;
  const { client: later } = await startTestDaemon({ folder });
  const { addedCount } = await later.importSegment([
    { sessionId, segmentId, entries: entries.slice(0, 1000) },
    { entries: entries.slice(1000) },
  ]);

  expect(refusal).toMatchObject({ code: "UNAVAILABLE", reason: "DRAINING" });
  expect(addedCount).toBe(501n);
});

test("many open streams raise no warning of Node's", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const { client, daemon } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  async function* one() {
    yield { append: { segmentId, entries: [userInput("a")] } };
    await new Promise(() => {});
  }
  const streams = Array.from({ length: 30 }, () => client.appendStream(one())[Symbol.asyncIterator]());
  const tails = Array.from({ length: 30 }, () => client.tail({ scope: { case: "segmentId", value: segmentId } })[Symbol.asyncIterator]());
  await Promise.all([...streams, ...tails].map((stream) => stream.next()));

  const ends = [...streams, ...tails].map((stream) => drained(stream));
  await daemon.close();
  await Promise.all(ends);

  expect(warnings).toEqual([]);
});

async function drained(stream: AsyncIterator<unknown>): Promise<void> {
  const toTheEnd = async () => {
    while (!(await stream.next()).done);
  };
  expect(await refusalOf(toTheEnd())).toMatchObject({ reason: "DRAINING" });
}
