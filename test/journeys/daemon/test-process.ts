import { onTestFinished } from "vitest";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { ONE_TRY } from "../../support/one-try.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { DaemonProcess, socketOf } from "./daemon-process.js";

/** A daemon in a process of its own, with a client; both are gone when the test is finished. */
export interface TestProcess {
  readonly daemon: DaemonProcess;
  readonly socket: string;
  readonly client: SegmentClient;
}

/**
 * Starts a daemon process for a test, and resolves once it serves.
 *
 * @param main the compiled command line
 * @param folder of an earlier one, to start again on its store
 */
export async function startTestProcess(main: string, folder: string = temporaryFolder()): Promise<TestProcess> {
  const daemon = new DaemonProcess({ main, folder });
  onTestFinished(async () => void (await daemon.end("SIGKILL")));
  await daemon.serving();
  const socket = socketOf({ folder });
  return { daemon, socket, client: testClient(socket) };
}

/** A client with a connection of its own, which ends with the test. */
export function testClient(socket: string): SegmentClient {
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  return client;
}
