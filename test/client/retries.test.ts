import { create, toBinary } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { AppendResponseSchema, GetStatusResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { isRepeatable } from "../../src/client/retries.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { SeglogError } from "../../src/model/errors.js";
import { aborted } from "../support/deferred.js";
import { type FakeHandlers, serveHandlers } from "../support/serve-handlers.js";

const answer = toBinary(AppendResponseSchema, create(AppendResponseSchema, { entryCount: 2n }));

test("what may be called again is what only reads, and what carries a request id", () => {
  const whenPlain = SegmentService.methods.filter((method) => isRepeatable(method, {}));
  const withRequestId = SegmentService.methods.filter((method) => isRepeatable(method, { requestId: "a" } as Record<string, unknown>));

  const reads = [
    "restoreSegment",
    "readEntries",
    "tail",
    "getSegment",
    "getSession",
    "listSegments",
    "listSessions",
    "readTrace",
    "getStatus",
  ];
  const never = ["appendStream", "importSegment", "appendTrace"];
  expect(whenPlain.map(({ localName }) => localName)).toEqual(reads);
  expect(SegmentService.methods.filter((method) => !withRequestId.includes(method)).map(({ localName }) => localName)).toEqual(never);
});

test.each([
  ["STARTING", 3],
  ["DRAINING", 3],
  ["TOO_MANY_IN_FLIGHT", 3],
  ["OVERLOADED", 3],
  ["STORE_FULL", 1],
  ["HEAD_MISMATCH", 1],
] as const)("an append with a request id that is answered %s is called %i times", async (reason, callsWanted) => {
  const { client, calls } = await failing(reason, 2);

  const outcome = await client.append({ requestId: "a" }).catch(({ reason }: { readonly reason: string }) => reason);

  expect(outcome).toEqual(callsWanted === 3 ? expect.objectContaining({ entryCount: 2n }) : reason);
  expect(calls()).toBe(callsWanted);
});

test("an append without a request id is called once", async () => {
  const { client, calls } = await failing("DRAINING", 1);

  await expect(client.append({})).rejects.toMatchObject({ reason: "DRAINING" });

  expect(calls()).toBe(1);
});

test("a stream of answers is called again as long as nothing came, and not behind that", async () => {
  let calls = 0;
  const { client } = await serving({
    async *readTrace() {
      if (++calls === 1) throw new SeglogError("STARTING", "not yet");
      yield new Uint8Array();
      throw new SeglogError("DRAINING", "no more");
    },
  });
  let given = 0;

  const read = (async () => {
    for await (const _ of client.readTrace({})) given++;
  })();

  await expect(read).rejects.toMatchObject({ reason: "DRAINING" });
  expect([calls, given]).toEqual([2, 1]);
});

test("a deadline is one for all tries", async () => {
  const { client } = await failing("STARTING", Number.POSITIVE_INFINITY);

  await expect(client.append({ requestId: "a" }, { deadlineMs: 300 })).rejects.toMatchObject({ codeName: "DEADLINE_EXCEEDED" });
});

test("a client's deadline holds for calls that say none", async () => {
  const { client } = await serving({ getStatus: (_deps, _request, { signal }) => aborted(signal).then(() => answer) }, 200);

  await expect(client.getStatus({})).rejects.toMatchObject({ codeName: "DEADLINE_EXCEEDED" });
});

/** A server whose Append fails so often before it answers. */
async function failing(reason: ConstructorParameters<typeof SeglogError>[0], failures: number) {
  let calls = 0;
  const served = await serving({
    append: async () => {
      if (++calls <= failures) throw new SeglogError(reason, "no");
      return answer;
    },
    getStatus: async () => toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema)),
  });
  return { ...served, calls: () => calls };
}

async function serving(handlers: FakeHandlers, deadlineMs?: number) {
  const { socket } = await serveHandlers(handlers);
  const client = createSegmentClient({ socket }, deadlineMs === undefined ? {} : { deadlineMs });
  onTestFinished(() => client.close());
  return { client };
}
