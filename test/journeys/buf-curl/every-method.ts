import type { BufCurl, JsonMessage } from "./buf-curl.js";

/** A method's name, and what it answered. */
export type Exchange = readonly [method: string, answers: readonly JsonMessage[]];

/** Ids that the journey gives; all others are the daemon's. */
export const GIVEN = {
  session: "01ARZ3NDEKTSV4RRFFQ69G5S00",
  importedSession: "01ARZ3NDEKTSV4RRFFQ69G5S01",
  forkedSession: "01ARZ3NDEKTSV4RRFFQ69G5S02",
  segment: "01ARZ3NDEKTSV4RRFFQ69G5A00",
  fork: "01ARZ3NDEKTSV4RRFFQ69G5A01",
  compaction: "01ARZ3NDEKTSV4RRFFQ69G5A02",
  branch: "01ARZ3NDEKTSV4RRFFQ69G5A03",
  imported: "01ARZ3NDEKTSV4RRFFQ69G5A04",
} as const;

const TIME = "2026-01-02T03:04:05.678Z";
const said = (text: string) => ({ time: TIME, userInput: { pieces: [{ text }] } });
const message = (role: string, text: string) => ({ message: { role, content: [{ text }] } });

/** Calls every method of the service, in an order in which each finds what it needs. */
export async function callEveryMethod(buf: BufCurl): Promise<readonly Exchange[]> {
  const { session, segment } = GIVEN;
  const exchanges: Exchange[] = [];
  const call = async (method: string, ...requests: JsonMessage[]) => {
    const answers: JsonMessage[] = [];
    for await (const answer of buf.call(method, requests)) answers.push(answer);
    exchanges.push([method, answers]);
  };

  await call("GetStatus", {});
  await call("CreateSegment", {
    sessionId: session,
    segmentId: segment,
    state: { systemPrompt: "be brief", config: { maxTokens: 100, temperature: 0.5 }, history: [message("ROLE_USER", "before")] },
    requestId: "create",
  });
  await call("Append", {
    segmentId: segment,
    entries: [
      said("hello"),
      { time: TIME, assistantItem: { item: message("ROLE_ASSISTANT", "hi") } },
      { time: TIME, turnEnd: { turnCount: 1 } },
    ],
    precondition: { entryCount: 1, headPosition: 1 },
    requestId: "append",
  });
  await call(
    "AppendStream",
    {
      correlationId: 7,
      append: { segmentId: segment, entries: [{ time: TIME, extension: { domain: "d", payloadJson: "[12345678901234567890]" } }] },
    },
    { correlationId: 8, append: { segmentId: segment, entries: [said("late")], precondition: { entryCount: 1 } } },
    { correlationId: 9, append: { segmentId: segment, entries: [said("fenced")] } },
  );
  await call("SaveDelta", {
    segmentId: segment,
    items: [message("ROLE_USER", "known"), { toolOutput: { callId: "c", summary: "done" } }, message("ROLE_ASSISTANT", "well")],
  });
  await call("ForkSegment", { segmentId: segment, turn: 1, newSegmentId: GIVEN.fork });
  await call("CompactSegment", {
    segmentId: segment,
    state: { history: [message("ROLE_USER", "in short")] },
    newSegmentId: GIVEN.compaction,
  });
  await call("EnsureHeadOrFork", { segmentId: segment, entriesWritten: 2, atTurn: 0, newSegmentId: GIVEN.branch });
  await call("ForkSession", { point: { segmentId: segment, entryCount: 4 }, newSessionId: GIVEN.forkedSession });
  await call(
    "ImportSegment",
    {
      sessionId: GIVEN.importedSession,
      segmentId: GIVEN.imported,
      entries: [{ time: TIME, segmentStart: { sessionId: GIVEN.importedSession, systemPrompt: "elsewhere" } }],
    },
    { entries: [said("from afar"), { time: TIME, foreign: { format: "f", text: "as it stood" } }] },
  );
  await call("AppendTrace", {
    segmentId: segment,
    entries: [
      { time: TIME, turn: 1, llmCall: 2, streamEventJson: '{"a":1}' },
      { time: TIME, lifecycle: { label: "begin" } },
    ],
  });
  await call("ReadTrace", { segmentId: segment });
  await call("ReadEntries", { segmentId: segment });
  await call("ReadEntries", { segmentId: GIVEN.fork, backward: true, inherited: true, limit: 3 });
  await call("RestoreSegment", { segmentId: GIVEN.fork });
  await call("GetSegment", { segmentId: segment });
  await call("GetSession", { sessionId: session });
  await call("ListSegments", { sessionId: session });
  await call("ListSessions", {});
  await call("TruncateSegment", { segmentId: segment, entryCount: 5 });
  exchanges.push(...(await tailUntilDeleted(buf, GIVEN.compaction)));
  await call("DeleteSession", { sessionId: session });
  await call("ListSegments", {});
  return exchanges;
}

/** Follows a segment from its beginning; once caught up, has it deleted, which ends the tail. */
async function tailUntilDeleted(buf: BufCurl, segmentId: string): Promise<readonly Exchange[]> {
  const told: JsonMessage[] = [];
  const deletion: JsonMessage[] = [];
  for await (const answer of buf.call("Tail", [{ segmentId, edge: "TAIL_EDGE_BEGINNING", heartbeatInterval: "60s" }])) {
    told.push(answer);
    if (!("caughtUp" in answer)) continue;
    for await (const deleted of buf.call("DeleteSegment", [{ segmentId }])) deletion.push(deleted);
  }
  return [
    ["Tail", told],
    ["DeleteSegment", deletion],
  ];
}
