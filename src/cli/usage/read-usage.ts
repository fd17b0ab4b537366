import { EntryKind } from "../../../gen/seglog/v1/segment_service_pb.js";
import { allOf } from "../all-of.js";
import { segmentsOf } from "../lists.js";
import type { ClientContext } from "../with-client.js";
import { type SessionUsage, sessionUsage, type UsageEntry } from "./usage.js";

/** Reads and adds up the usage of a session. Of the logs only entries of that kind come over. */
export async function readUsage(context: ClientContext, sessionId: string): Promise<SessionUsage> {
  const segments = await allOf(segmentsOf(context, sessionId));
  const entriesOf = new Map<string, UsageEntry[]>();
  for (const { segmentId } of segments) entriesOf.set(segmentId, await usageEntries(context, segmentId));
  return sessionUsage(segments, entriesOf);
}

async function usageEntries({ client, signal }: ClientContext, segmentId: string): Promise<UsageEntry[]> {
  const found: UsageEntry[] = [];
  for await (const { entries } of client.readEntries({ segmentId, kinds: [EntryKind.LLM_USAGE] }, { signal }))
    for (const { index, kind } of entries) if (kind.case === "llmUsage") found.push({ index, usage: kind.value });
  return found;
}
