import assert from "node:assert/strict";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { checkObserved, checkRace } from "./check-race.js";
import { checkStates } from "./check-states.js";
import { Connection, type Serving } from "./connection.js";
import { type Counts, noCounts } from "./counts.js";
import { Observer } from "./observer.js";
import { readBack } from "./read-back.js";
import type { AcknowledgedUnit } from "./unit.js";
import { appendAll } from "./writer.js";

/** How a race is run. */
export interface RaceParams {
  readonly socket: string;
  /** Writers, each with a connection of its own; every other one forks where the rest tries again. */
  readonly clients: number;
  /** Units that each of them appends. */
  readonly appends: number;
  /** Begins every request id; without one none is sent. */
  readonly requestIdPrefix?: string;
  /** Where the daemon goes away and comes back. */
  readonly serving?: Serving;
  /** Called with the units acknowledged so far. */
  readonly onAcknowledged?: (count: number) => void;
  /** Resolves when nothing more is done to the daemon; waited for before the store is looked at. */
  readonly settled?: () => Promise<void>;
}

/** What a race came to, once it has been found right. */
export interface RaceResult {
  readonly counts: Counts;
  /** Entries in the store, opening entries included. */
  readonly storedEntries: number;
  /** Branches whose state was restored and compared. */
  readonly statesCompared: number;
  /** How often the observers resumed. */
  readonly resumeCount: number;
  /** How long the writers took, in milliseconds. */
  readonly writingMs: number;
}

const STATES_MOST = 50;

/**
 * Lets writers race on one segment of a new session while three observers follow, then compares what the
 * writers were told and what the observers were given with what is stored.
 *
 * @throws AssertionError at the first difference
 */
export async function runRace(params: RaceParams): Promise<RaceResult> {
  const { socket, serving } = params;
  const connections: Connection[] = [];
  const connect = () => {
    const connection = new Connection(socket, serving);
    connections.push(connection);
    return connection;
  };
  try {
    return await raceOver(params, connect);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function raceOver(params: RaceParams, connect: () => Connection): Promise<RaceResult> {
  const { client } = connect();
  const { segment } = await client.createSegment({});
  assert(segment !== undefined, "CreateSegment answered without a segment");
  const { segmentId, sessionId } = segment;
  const observers = {
    store: new Observer(connect(), { case: "store", value: {} }),
    session: new Observer(connect(), { case: "sessionId", value: sessionId }),
    segment: new Observer(connect(), { case: "segmentId", value: segmentId }),
  };

  const startMs = performance.now();
  const { counts, units } = await write(params, segmentId, connect);
  const writingMs = performance.now() - startMs;
  await params.settled?.();

  const { client: later } = connect();
  const stored = await readBack(later, sessionId);
  const outcome = { segmentId, units, counts, stored };
  checkRace(outcome);
  const { headPosition } = await later.getStatus({});
  checkObserved(await observers.store.until(Number(headPosition)), stored.entries, "the store");
  checkObserved(await observers.session.until(Number(headPosition)), stored.entries, "the session");
  const own = stored.entries.filter((entry) => entry.segmentId === segmentId);
  checkObserved(await observers.segment.until(Number(headPosition)), own, "the segment");
  await checkSession(later, sessionId, { segments: stored.segments.length, entries: stored.entries.length });
  const statesCompared = await checkStates(later, outcome, STATES_MOST);
  const resumeCount = Object.values(observers).reduce((sum, observer) => sum + observer.resumeCount, 0);
  return { counts, storedEntries: stored.entries.length, statesCompared, resumeCount, writingMs };
}

async function write(
  { clients, appends, requestIdPrefix, onAcknowledged }: RaceParams,
  segmentId: string,
  connect: () => Connection,
): Promise<{ readonly counts: Counts; readonly units: readonly AcknowledgedUnit[] }> {
  const counts = noCounts();
  counts.appends = clients * appends;
  const writers = Array.from({ length: clients }, (_, writer) =>
    appendAll({
      writer,
      appends,
      segmentId,
      onConflict: writer % 2 === 0 ? "retry" : "fork",
      requestIdPrefix,
      connection: connect(),
      counts,
      onAcknowledged: () => onAcknowledged?.(counts.acknowledged),
    }),
  );
  return { counts, units: (await Promise.all(writers)).flat() };
}

/** The daemon's own figures of the session; and it is the only one. */
async function checkSession(
  client: SegmentClient,
  sessionId: string,
  wanted: { readonly segments: number; readonly entries: number },
): Promise<void> {
  const { session } = await client.getSession({ sessionId });
  assert.equal(Number(session?.segmentCount), wanted.segments, "segment count of the session");
  assert.equal(Number(session?.entryCount), wanted.entries, "entry count of the session");
  const { sessions } = await client.listSessions({});
  assert.deepEqual(
    sessions.map((listed) => listed.sessionId),
    [sessionId],
    "sessions in the store",
  );
}
