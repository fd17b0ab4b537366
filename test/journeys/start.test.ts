import { lstatSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aSegment, segmentOf } from "../support/a-segment.js";
import { MAIN } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { DaemonProcess, socketOf } from "./daemon/daemon-process.js";
import { startTestProcess, testClient } from "./daemon/test-process.js";

const STORE_LOCKED_EXIT_CODE = 75;
const NO_SOCKET_EXIT_CODE = 73;

test("a second daemon on a store refuses with one clear line and 75, and harms the first in nothing", async () => {
  const folder = temporaryFolder();
  const { client, socket } = await startTestProcess(MAIN, folder);
  const { segmentId } = await aSegment(client);
  const before = lstatSync(socket).ino;

  const second = aProcess(folder, join(folder, "run", "second.sock"));
  const end = await second.ended;

  expect(end).toBe(STORE_LOCKED_EXIT_CODE);
  const refusal = `seglog: the store in ${join(folder, "data")} is in use by pid \\d+ since [-\\d:.TZ]+; wanted one that nobody else has open`;
  expect(second.log).toMatch(new RegExp(`^${refusal}\n$`));
  expect(lstatSync(socket).ino).toBe(before);
  expect(await segmentOf(testClient(socket), segmentId)).toMatchObject({ segmentId, entryCount: 1n });
});

test("a daemon whose socket another one answers on refuses with 73, and harms the other in nothing", async () => {
  const first = temporaryFolder();
  const { client, socket } = await startTestProcess(MAIN, first);
  const { segmentId } = await aSegment(client);

  const second = aProcess(temporaryFolder(), socket);
  const end = await second.ended;

  expect(end).toBe(NO_SOCKET_EXIT_CODE);
  expect(second.log).toMatch(new RegExp(`^seglog: somebody listens on ${socket} already; wanted a socket of our own, .*\n$`));
  expect(await segmentOf(testClient(socket), segmentId)).toMatchObject({ segmentId });
});

test("after kill -9 the next daemon puts a socket of its own in the place of the stale one, and has all that was acknowledged", async () => {
  const folder = temporaryFolder();
  const { daemon, client, socket } = await startTestProcess(MAIN, folder);
  const { segmentId } = await aSegment(client, { entries: 5 });
  await daemon.end("SIGKILL");
  const stale = lstatSync(socket, { bigint: true });

  const next = await startTestProcess(MAIN, folder);

  expect(stale.isSocket()).toBe(true);
  expect(lstatSync(socket, { bigint: true }).birthtimeNs).not.toBe(stale.birthtimeNs);
  expect(lstatSync(socket).mode & 0o777).toBe(0o600);
  expect(await segmentOf(next.client, segmentId)).toMatchObject({ entryCount: 5n });
});

/** A daemon that need not come to serve. */
function aProcess(folder: string, socket = socketOf({ folder })): DaemonProcess {
  const daemon = new DaemonProcess({ main: MAIN, folder, socket });
  onTestFinished(async () => void (await daemon.end("SIGKILL")));
  return daemon;
}
