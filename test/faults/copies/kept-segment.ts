import assert from "node:assert/strict";
import { createSegmentClient } from "../../../src/client/segment-client.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";
import { readStore } from "../load/read-store.js";

/** A segment with entries that were acknowledged: they have to be there whatever is done. */
export interface KeptSegment {
  readonly segmentId: string;
  readonly entryCount: number;
}

const ENTRIES = 20;
const ENTRY_CHARS = 60_000;

/** Writes one, and a second session that is deleted again, so that there is room to give back. */
export async function keepSegment(socket: string): Promise<KeptSegment> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  try {
    const { segment } = await client.createSegment({ state: {} });
    const doomed = await client.createSegment({ state: {} });
    const entries = Array.from({ length: ENTRIES }, () => userInput("x".repeat(ENTRY_CHARS)));
    const segmentId = segment?.segmentId ?? "";
    const { entryCount } = await client.append({ segmentId, entries });
    await client.append({ segmentId: doomed.segment?.segmentId ?? "", entries });
    await client.deleteSession({ sessionId: doomed.segment?.sessionId ?? "" });
    return { segmentId, entryCount: Number(entryCount) };
  } finally {
    client.close();
  }
}

/** Appends one more entry, and gives what has to be there from then on. */
export async function keepOneMore(socket: string, { segmentId }: KeptSegment): Promise<KeptSegment> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  try {
    const { entryCount } = await client.append({ segmentId, entries: [userInput("one more")] });
    return { segmentId, entryCount: Number(entryCount) };
  } finally {
    client.close();
  }
}

/** @throws AssertionError where the store that is served has not exactly what was kept */
export async function checkKept(socket: string, { segmentId, entryCount }: KeptSegment): Promise<void> {
  const { segments } = await readStore(socket);
  assert.deepEqual([...segments.keys()], [segmentId], "the segments of the store");
  assert.equal(segments.get(segmentId)?.entries.length, entryCount, `the entries of segment ${segmentId}`);
}
