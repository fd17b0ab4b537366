import { expect, test, vi } from "vitest";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import { userInput } from "../../src/client/entries.js";
import { createSegment } from "../../src/client/segment-functions.js";
import { tail } from "../../src/client/tail.js";
import { serveHandlers } from "../support/serve-handlers.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a tail goes on over restarts of the daemon, each entry once, in order", async () => {
  const first = await startTestDaemon();
  const { segmentId } = await createSegment(first.client);
  await first.client.append({ segmentId, entries: ["0", "1", "2"].map((text) => userInput(text)) });
  const texts: unknown[] = [];
  const losses: unknown[] = [];
  let restarted = 0;

  const request = { scope: { case: "segmentId" as const, value: segmentId }, start: { case: "fromIndex" as const, value: 1n } };
  for await (const { event } of tail(first.client, request, { onReconnect: ({ codeName }) => losses.push(codeName) })) {
    if (event.case === "entries") texts.push(...event.value.batches.flatMap(({ entries }) => entries.map(textOf)));
    if (event.case === "caughtUp" && restarted < 2) {
      restarted++;
      await first.daemon.close();
      Object.assign(first, await startTestDaemon({ folder: first.folder }));
      await first.client.append({ segmentId, entries: [userInput(`after ${restarted}`)] });
    }
    if (texts.length === 5) break;
  }

  expect(texts).toEqual(["0", "1", "2", "after 1", "after 2"]);
  expect(losses).toEqual(expect.arrayContaining(["UNAVAILABLE"]));
});

test("leaving the loop aborts the call", async () => {
  const { client } = await startTestDaemon();

  for await (const { event } of tail(client, { scope: { case: "store", value: {} }, start: { case: "edge", value: TailEdge.BEGINNING } }))
    if (event.case === "caughtUp") break;

  await vi.waitFor(async () => expect((await client.getStatus({})).tailCount).toBe(0), { timeout: 5000, interval: 20 });
});

test("what a daemon refuses is thrown, and not asked for again", async () => {
  const { client } = await startTestDaemon();

  const tailed = tail(client, { scope: { case: "store", value: {} }, start: { case: "resumeToken", value: "none" } }).next();

  await expect(tailed).rejects.toMatchObject({ reason: "BAD_RESUME_TOKEN" });
});

test("a daemon that does not come back in time is given up", async () => {
  const { client, daemon } = await startTestDaemon();
  await daemon.close();

  const tailed = tail(client, { scope: { case: "store", value: {} } }, { reconnectForMs: 200 }).next();

  await expect(tailed).rejects.toMatchObject({ codeName: "UNAVAILABLE" });
});

test("a tail that its signal ends is over at once, and its call too", async () => {
  const { client } = await serveHandlers({ tail: async function* () {} });
  const aborter = new AbortController();
  aborter.abort();

  const tailed = tail(client, { scope: { case: "store", value: {} } }, { signal: aborter.signal }).next();

  await expect(tailed).rejects.toMatchObject({ codeName: "CANCELLED" });
});

function textOf({ kind }: { readonly kind: { readonly case?: unknown; readonly value?: unknown } }): unknown {
  const { pieces } = kind.value as { readonly pieces: readonly { readonly kind: { readonly value?: unknown } }[] }; // all that is written here
  return pieces[0]?.kind.value;
}
