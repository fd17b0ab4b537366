import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { aSegment } from "../support/a-segment.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("the daemon tells what it is", async () => {
  const beforeMs = Date.now();
  const { client } = await startTestDaemon();

  const status = await client.getStatus({});

  expect(status.storeId).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(status.formatVersion).toBeGreaterThan(0);
  expect(timestampMs(status.startTime!)).toBeGreaterThanOrEqual(beforeMs);
  expect(timestampMs(status.startTime!)).toBeLessThanOrEqual(Date.now());
  expect(status.storeByteSize).toBeGreaterThan(0n);
  expect(status).toMatchObject({ headPosition: 0n, tailCount: 0, draining: false });
});

test("limits stand by their names, and are those that the daemon was started with", async () => {
  const { client: byDefault } = await startTestDaemon();
  const { client } = await startTestDaemon({ limits: { forkDepthMax: 7, tailsMax: 3 } });

  expect((await byDefault.getStatus({})).limits).toMatchObject({
    entry_bytes_max: 3n * 1024n * 1024n,
    request_bytes_max: 4n * 1024n * 1024n,
    append_entries_max: 1000n,
    fork_depth_max: 1000n,
    tails_max: 1000n,
  });
  expect((await client.getStatus({})).limits).toMatchObject({ fork_depth_max: 7n, tails_max: 3n });
});

test("the head position is that of the last commit", async () => {
  const { client } = await startTestDaemon();
  const { headPosition } = await aSegment(client, { entries: 3 });

  expect(await client.getStatus({})).toMatchObject({ headPosition });
});

test("open tails are counted, closed ones are not", async () => {
  const { client } = await startTestDaemon();
  const tails = [1, 2].map(() => client.tail({ scope: { case: "store", value: {} } })[Symbol.asyncIterator]());
  for (const tail of tails) await tail.next();

  const during = await client.getStatus({});
  for (const tail of tails) await tail.return?.(undefined);

  expect(during.tailCount).toBe(2);
  await expect.poll(async () => (await client.getStatus({})).tailCount).toBe(0);
});

test("a store keeps its id over a restart", async () => {
  const { client, daemon, folder } = await startTestDaemon();
  const { storeId } = await client.getStatus({});
  client.close();
  await daemon.close();

  const { client: later } = await startTestDaemon({ folder });

  expect(await later.getStatus({})).toMatchObject({ storeId });
});
