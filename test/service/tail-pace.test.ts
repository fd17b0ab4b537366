import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test, vi } from "vitest";
import { TailEdge, TailRequestSchema, type TailResponse, TailResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { parseSegmentId } from "../../src/model/id.js";
import { aSegment, entriesOf } from "../support/a-segment.js";
import { deferred } from "../support/deferred.js";
import { extension, turnEnd } from "../support/entries.js";
import { openHeldStore } from "../support/held-store.js";
import { altered, serveStore } from "../support/serve-store.js";
import { entriesOfTail, inShort, startTail, type TailInit, tailed } from "../support/tailing.js";
import { startTestDaemon } from "../support/test-daemon.js";
import { newEntry } from "../tail/laws/writers.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const BEGINNING = { case: "edge", value: TailEdge.BEGINNING } as const;
const STORE = { case: "store", value: {} } as const;

test("a message has 1 MiB of entries at most, unless a single one is larger, and fits default clients", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  await client.append({ segmentId, entries: [large(3 * MIB - 100)] });
  for (let i = 0; i < 3; i++)
    await client.append({ segmentId, entries: [turnEnd(1n), ...Array.from({ length: 6 }, () => large(600 * KIB)), turnEnd(2n)] });
  await client.append({ segmentId, entries: Array.from({ length: 1000 }, () => large(3 * KIB)) });

  const sizes: number[] = [];
  const messages: TailResponse[] = [];
  await reading(socket, { scope: STORE, start: BEGINNING }, (bytes, message) => {
    sizes.push(bytes.length);
    messages.push(message);
    return message.event.case === "caughtUp";
  });

  const entries = entriesOfTail(messages);
  expect(entries).toEqual(await entriesOf(client, segmentId));
  expect(Math.max(...sizes)).toBeLessThan(4 * MIB);
  for (const [i, message] of messages.entries()) {
    if (entriesOfTail([message]).length > 1) expect(sizes[i]).toBeLessThanOrEqual(MIB);
  }
  // Nobody is sent crumbs: of the small entries a message holds nearly as many as fit.
  expect(messages.length).toBeLessThan(35);
});

test("every message of a large Append has a token from which the rest follows", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client);
  await client.append({ segmentId, entries: Array.from({ length: 6 }, () => large(600 * KIB)) });
  await client.append({ segmentId, entries: [turnEnd(1n)] });

  for (const scope of [STORE, { case: "sessionId", value: sessionId }, { case: "segmentId", value: segmentId }] as const) {
    const messages = await tailed(client, { scope, start: BEGINNING });
    for (const [i, { resumeToken }] of messages.entries()) {
      const rest = await tailed(client, { scope, start: { case: "resumeToken", value: resumeToken } });
      expect([...inShort(messages.slice(0, i + 1)), ...inShort(rest)].filter((line) => line !== "caughtUp")).toEqual(
        inShort(messages).slice(0, -1),
      );
    }
  }
});

test("the headers go out before there is anything to say", async () => {
  const held = openHeldStore();
  onTestFinished(held.close);
  const gate = deferred<void>();
  const { client, socket } = await serveStore(
    altered(held.store, {
      status: async () => {
        await gate.promise;
        return held.store.status();
      },
    }),
  );

  const call = rawTail(socket, { scope: STORE });
  const headers = await new Promise((resolve) => call.once("metadata", resolve));
  gate.resolve();

  expect(headers).toBeDefined();
  expect(inShort(await tailed(client, { scope: STORE }))).toEqual(["caughtUp"]);
  call.cancel();
});

test("nothing is sent that is not durable: not to those who follow, nor to those who come", async () => {
  const held = openHeldStore();
  onTestFinished(held.close);
  const { client } = await serveStore(held.store);
  const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
  const gone = await aSegment(client, { entries: 2 });
  const scopes = [STORE, { case: "sessionId", value: sessionId }, { case: "segmentId", value: segmentId }] as const;
  const heartbeatInterval = { seconds: 1n };
  const tails = scopes.map((scope) => startTail(client, { scope, heartbeatInterval }));
  const starts = await Promise.all(tails.map((tail) => tail.upTo("caughtUp")));
  const goneScope = { case: "segmentId", value: gone.segmentId } as const;
  const [goneStart] = await tailed(client, { scope: goneScope });
  const head = starts[0]?.[0]?.position;

  // On the disk and in the map, and the daemon does not know it yet.
  held.engine.isHolding = true;
  const writes = Promise.all([
    held.store.append({
      segmentId: parseSegmentId(segmentId),
      entries: [newEntry(turnEnd(7n))],
      precondition: {},
      onConflict: { fork: false },
    }),
    held.store.truncateSegment({ segmentId: parseSegmentId(segmentId), entryCount: 1, precondition: {} }),
    held.store.deleteSegment({ segmentId: parseSegmentId(gone.segmentId) }),
  ]);
  await vi.waitFor(() => expect(held.engine.isHeld).toBe(true));

  for (const tail of tails)
    expect((await tail.upTo("heartbeat")).map(({ event, position }) => [event.case, position])).toEqual([["heartbeat", head]]);
  for (const [i, scope] of scopes.entries()) {
    const start = { case: "resumeToken", value: starts[i]![0]!.resumeToken } as const;
    expect((await tailed(client, { scope, start })).map(({ position }) => position)).toEqual([head]);
    expect((await tailed(client, { scope, start: BEGINNING })).at(-1)?.position).toBe(head);
  }

  const resumed = startTail(client, { scope: goneScope, start: { case: "resumeToken", value: goneStart!.resumeToken } });
  expect((await resumed.upTo("caughtUp")).map(({ position }) => position)).toEqual([head]);

  held.engine.isHolding = false;
  held.engine.release();
  await writes;
  expect(inShort(await resumed.rest(), { [gone.segmentId]: "gone" })).toEqual(["gone deleted"]);
  const told = inShort(await tails[0]!.upTo("segmentDeleted"), { [segmentId]: "a", [gone.segmentId]: "gone" });
  // What the same commit has cut off again is never told.
  expect(told.filter((line) => line !== "heartbeat")).toEqual(["a truncated to 1", "gone deleted"]);
});

test("a scope that is gone ends at once, even while its id is being deleted in another session", async () => {
  const held = openHeldStore();
  onTestFinished(held.close);
  const { client } = await serveStore(held.store);
  const { segmentId } = await aSegment(client, { entries: 3 });
  const scope = { case: "segmentId", value: segmentId } as const;
  const [first] = await tailed(client, { scope });
  await client.deleteSegment({ segmentId });
  await client.createSegment({ segmentId });
  const { headPosition } = held.store;
  held.engine.isHolding = true;
  const deletion = client.deleteSegment({ segmentId });
  await vi.waitFor(() => expect(held.engine.isHeld).toBe(true));

  const ended = await startTail(client, { scope, start: { case: "resumeToken", value: first!.resumeToken } }).rest();
  held.engine.isHolding = false;
  held.engine.release();
  await deletion;

  expect(inShort(ended, { [segmentId]: "a" })).toEqual(["a deleted"]);
  expect(ended[0]?.position).toBe(BigInt(headPosition));
});

test("what is being removed is hidden with its event, however long the removal takes", async () => {
  const held = openHeldStore();
  onTestFinished(held.close);
  const { client } = await serveStore(held.store);
  const { segmentId, sessionId } = await aSegment(client);
  for (let i = 1n; i <= 8n; i++) await client.append({ segmentId, entries: [turnEnd(i), turnEnd(100n + i)] });
  const gone = await aSegment(client, { sessionId });
  for (let i = 1n; i <= 8n; i++) await client.append({ segmentId: gone.segmentId, entries: [turnEnd(i)] });
  const { headPosition } = held.store;
  await client.truncateSegment({ segmentId, entryCount: 4n });
  await client.deleteSegment({ segmentId: gone.segmentId });

  const names = { [segmentId]: "a", [gone.segmentId]: "gone" };
  let steps = 0;
  do {
    for (const scope of [STORE, { case: "sessionId", value: sessionId }] as const) {
      const afresh = await tailed(client, { scope, start: BEGINNING });
      const resumed = await tailed(client, { scope, start: { case: "afterPosition", value: 3n } });
      expect(inShort(afresh, names)).toEqual(["a:0", "a:1", "a:2", "a:3", "caughtUp"]);
      expect(inShort(resumed, names)).toEqual(["a:3", "a truncated to 4", "gone deleted", "caughtUp"]);
      const behind = await tailed(client, { scope, start: { case: "afterPosition", value: BigInt(headPosition - 1) } });
      expect(inShort(behind, names)).toEqual(["a truncated to 4", "gone deleted", "caughtUp"]);
    }
    steps++;
  } while (await held.purgeStep());

  expect(steps).toBeGreaterThan(5);
});

test("an observer that stands still harms only itself, and resumes without a gap", async () => {
  const held = openHeldStore();
  onTestFinished(held.close);
  const reads = { ofStalled: 0 };
  const store = altered(held.store, {
    readFeed: (range) => {
      if (range.scope.type === "session") reads.ofStalled++;
      return held.store.readFeed(range);
    },
  });
  const { client, socket, unexpected } = await serveStore(store, { slowObserverMs: 2500 });
  const { segmentId, sessionId } = await aSegment(client);
  const scope = { case: "sessionId", value: sessionId } as const;
  const stalled = rawTail(socket, { scope, start: BEGINNING });
  const ended = new Promise<{ code: number; details: string }>((resolve) => stalled.once("error", resolve));
  stalled.read(0); // else grpc-js never pauses the connection, and keeps all that comes
  const other = startTail(client, { scope: STORE, start: BEGINNING });

  await writeMuch(client, segmentId, 40);
  const seenByOther: TailResponse[] = [];
  while (entriesOfTail(seenByOther).length < 41) seenByOther.push((await other.next())!);
  const readsOfStalled = reads.ofStalled;
  await vi.waitFor(async () => expect((await client.getStatus({})).tailCount).toBe(1), 10_000);

  const messages: TailResponse[] = [];
  stalled.on("data", (bytes: Buffer) => messages.push(fromBinary(TailResponseSchema, bytes)));
  const error = await ended;
  const rest = await tailed(client, { scope, start: { case: "resumeToken", value: messages.at(-1)!.resumeToken } });

  // The client took 16 messages before it stood still; one or two more wait for it, and 20 are not read yet.
  expect(readsOfStalled).toBeLessThan(20);
  expect(error).toMatchObject({ code: 8, details: expect.stringContaining("nothing was read for 2500 ms") });
  const entries = entriesOfTail([...messages, ...rest].filter(({ event }) => event.case === "entries"));
  expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: 41 }, (_, i) => BigInt(i)));
  expect(unexpected).toEqual([]);
});

async function writeMuch(client: SegmentClient, segmentId: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await client.append({ segmentId, entries: [large(600 * KIB)] });
}

function large(bytes: number) {
  return extension("large", JSON.stringify("x".repeat(bytes - 40)));
}

/** Reads messages until one is the last. */
async function reading(socket: string, request: TailInit, isLast: (bytes: Buffer, message: TailResponse) => boolean): Promise<void> {
  const call = rawTail(socket, request);
  for await (const bytes of call as AsyncIterable<Buffer>) {
    if (isLast(bytes, fromBinary(TailResponseSchema, bytes))) break;
  }
  call.cancel();
}

/** A tail of a client with the limits of default clients, on a connection of its own. */
function rawTail(socket: string, request: TailInit) {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const bytes = Buffer.from(toBinary(TailRequestSchema, create(TailRequestSchema, request)));
  const same = (message: Buffer) => message;
  const call = client.makeServerStreamRequest("/seglog.v1.SegmentService/Tail", same, same, bytes);
  call.on("error", () => {});
  return call;
}
