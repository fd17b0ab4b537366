import { createSegmentClient } from "../../../src/client/segment-client.js";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { ONE_TRY } from "../../support/one-try.js";
import { MAIN } from "../compiled.js";
import { checkKept, type KeptSegment } from "./kept-segment.js";

/**
 * Serves what is in `data` of a folder and checks it.
 *
 * @returns the id of the store
 */
export async function checkServed(folder: string, kept: KeptSegment): Promise<string> {
  const daemon = await DaemonProcess.start({ main: MAIN, folder });
  const socket = socketOf({ folder });
  const client = createSegmentClient({ socket }, ONE_TRY);
  try {
    await checkKept(socket, kept);
    return (await client.getStatus({})).storeId;
  } finally {
    client.close();
    await daemon.end("SIGTERM");
  }
}
