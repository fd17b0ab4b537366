import { expect, test } from "vitest";
import { isSeglogError } from "../../src/model/errors.js";
import { parseSegmentId, parseSessionId } from "../../src/model/id.js";
import type { CommitNotice, FeedScope } from "../../src/store/feed.js";
import { type ScopeWatch, TailHub } from "../../src/tail/tail-hub.js";

const SESSION = parseSessionId("01JD000000000000000000000A");
const OTHER_SESSION = parseSessionId("01JD000000000000000000000B");
/** The same 128 bits as a session has. */
const SEGMENT = parseSegmentId("01JD000000000000000000000B");
const SIBLING = parseSegmentId("01JD000000000000000000000C");

const SCOPES = {
  store: { type: "store" },
  session: { type: "session", sessionId: SESSION },
  segment: { type: "segment", sessionId: SESSION, segmentId: SEGMENT },
  otherSession: { type: "session", sessionId: OTHER_SESSION },
} as const satisfies Record<string, FeedScope>;

const NEVER = { signal: new AbortController().signal, timeoutMs: 1_000_000 };

test.each<[string, CommitNotice["grown"], readonly string[]]>([
  ["a segment grew", [{ namespace: "default", sessionId: SESSION, segmentId: SEGMENT }], ["store", "session", "segment"]],
  ["its sibling grew", [{ namespace: "default", sessionId: SESSION, segmentId: SIBLING }], ["store", "session"]],
  ["its session was deleted", [{ namespace: "default", sessionId: SESSION, segmentId: undefined }], ["store", "session", "segment"]],
  ["another session was deleted", [{ namespace: "default", sessionId: OTHER_SESSION, segmentId: undefined }], ["store", "otherSession"]],
  [
    "a segment of another session grew",
    [{ namespace: "default", sessionId: OTHER_SESSION, segmentId: SIBLING }],
    ["store", "otherSession"],
  ],
])("when %s, those hear of it who follow it", (_, grown, expected) => {
  const { hub, commit } = aHub();
  const watches = Object.entries(SCOPES).map(([name, scope]) => ({ name, watch: hub.watch(scope) }));
  const seen = watches.map(({ watch }) => watch.version);

  commit(grown);

  const heard = watches.filter(({ watch }, i) => watch.version !== seen[i]).map(({ name }) => name);
  expect(heard).toEqual(expected);
});

test("who follows a namespace hears of that alone, and its tails are counted apart", () => {
  const { hub, commit } = aHub();
  const watch = hub.watch({ type: "namespace", namespace: "team-a" }, { namespace: "team-a" });
  const seen = watch.version;

  commit([{ namespace: "team-b", sessionId: SESSION, segmentId: SEGMENT }]);
  const afterOthers = watch.version;
  commit([{ namespace: "team-a", sessionId: SESSION, segmentId: SEGMENT }]);

  expect(afterOthers).toBe(seen);
  expect(watch.version).not.toBe(seen);
  expect([hub.tailCountOf("team-a"), hub.tailCountOf("team-b"), hub.tailCount]).toEqual([1, 0, 1]);
});

test("a wait for a version that does not stand any more is over at once", async () => {
  const { hub, commit } = aHub();
  const watch = hub.watch(SCOPES.segment);
  const seen = watch.version;

  commit([{ namespace: "default", sessionId: SESSION, segmentId: SEGMENT }]);

  await watch.changedFrom(seen, NEVER);
});

test("a wait is over with the next growth, not before", async () => {
  const { hub, commit } = aHub();
  const watch = hub.watch(SCOPES.segment);
  const { isOver, over } = observed(watch.changedFrom(watch.version, NEVER));

  commit([{ namespace: "default", sessionId: SESSION, segmentId: SIBLING }]);
  await new Promise((resolve) => setImmediate(resolve));
  const wasOver = isOver();
  commit([{ namespace: "default", sessionId: SESSION, segmentId: SEGMENT }]);
  await over;

  expect(wasOver).toBe(false);
});

test("a wait is over when its signal aborts, even beforehand, and when its time is over", async () => {
  const watch = aHub().hub.watch(SCOPES.store);
  const ending = new AbortController();
  const wait = watch.changedFrom(watch.version, { signal: ending.signal, timeoutMs: 1_000_000 });

  ending.abort();
  await wait;
  await watch.changedFrom(watch.version, { signal: ending.signal, timeoutMs: 1_000_000 });
  await watch.changedFrom(watch.version, { signal: NEVER.signal, timeoutMs: 1 });
});

test("a place is given back once, however often it is closed", () => {
  const { hub } = aHub(2);
  const [first] = [hub.watch(SCOPES.store), hub.watch(SCOPES.store)];

  const refusal = refusalOf(() => hub.watch(SCOPES.session));
  first.close();
  first.close();
  const countAfter = hub.tailCount;
  hub.watch(SCOPES.session);

  expect(isSeglogError(refusal, "TOO_MANY_TAILS")).toBe(true);
  expect(countAfter).toBe(1);
  expect(hub.tailCount).toBe(2);
});

test("a closed watch hears nothing, and a closed hub does not listen", () => {
  const { hub, commit, listenerCount } = aHub();
  const watch: ScopeWatch = hub.watch(SCOPES.store);
  const seen = watch.version;

  watch.close();
  commit([{ namespace: "default", sessionId: SESSION, segmentId: SEGMENT }]);
  hub.close();

  expect(watch.version).toBe(seen);
  expect(listenerCount()).toBe(0);
});

test("one connection has no more tails than its share, and a place that it gives back may be taken again", () => {
  const { hub } = aHub();
  const [connection, other] = [{}, {}];
  const [first] = [hub.watch(SCOPES.store, { connection }), hub.watch(SCOPES.store, { connection })];

  const refusal = refusalOf(() => hub.watch(SCOPES.store, { connection }));
  hub.watch(SCOPES.store, { connection: other });
  first.close();
  hub.watch(SCOPES.store, { connection });

  expect(refusal).toMatchObject({ reason: "TOO_MANY_TAILS", metadata: { tails_per_connection_max: "2" } });
});

/** A hub, and what tells it of commits. */
function aHub(tailsMax = 100) {
  const listeners = new Set<(notice: CommitNotice) => void>();
  const commits = {
    onCommit(listener: (notice: CommitNotice) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const commit = (grown: CommitNotice["grown"]) => {
    for (const listener of listeners) listener({ headPosition: 1, grown });
  };
  return { hub: new TailHub(commits, { tailsMax, tailsPerConnectionMax: 2 }), commit, listenerCount: () => listeners.size };
}

function observed(wait: Promise<void>) {
  let over = false;
  const done = wait.then(() => {
    over = true;
  });
  return { over: done, isOver: () => over };
}

function refusalOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
