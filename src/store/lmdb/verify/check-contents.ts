import type { Reader } from "../engine.js";
import { Check } from "./check.js";
import { checkDeletionMarks } from "./check-deletion-marks.js";
import { checkDependents } from "./check-dependents.js";
import { checkFeed } from "./check-feed.js";
import { checkHeads } from "./check-heads.js";
import { checkKeys } from "./check-keys.js";
import { checkMembership } from "./check-membership.js";
import { checkNamespaces } from "./check-namespaces.js";
import { checkPurges } from "./check-purges.js";
import { checkRequestIds } from "./check-request-ids.js";
import { checkSegmentIndex, tellDamaged } from "./check-segment-index.js";
import { checkSegments } from "./check-segments.js";
import { checkSessionEventKeys, checkSessionEvents } from "./check-session-events.js";
import { checkSessions } from "./check-sessions.js";
import { checkTokens } from "./check-tokens.js";
import { checkTraces } from "./check-traces.js";
import { checkTurnSeals, checkTurns } from "./check-turns.js";
import type { Scope } from "./scope.js";
import { StoreView } from "./store-view.js";

/** What is checked of a table by itself, where there is not too much of it. */
const TABLE_CHECKS: readonly (readonly [name: string, run: (check: Check, view: StoreView) => void])[] = [
  ["keys", checkKeys],
  ["sessions", checkSessions],
  ["membership", checkMembership],
  ["namespaces", checkNamespaces],
  ["dependents", checkDependents],
  ["deletion marks", checkDeletionMarks],
  ["traces", checkTraces],
  ["request ids", checkRequestIds],
  ["tokens", checkTokens],
];

/**
 * Checks what stands in the tables and the feed, each against the others.
 *
 * @param size keys of all tables, and whether the format has namespaces
 */
export function checkContents(
  reader: Reader,
  size: { readonly keyCount: number; readonly hasNamespaces: boolean },
  scope: Scope,
): readonly Check[] {
  const { keyCount, hasNamespaces } = size;
  const heads = new Check("segment heads");
  const purges = new Check("purges");
  const feed = new Check("feed");
  const index = new Check("segment index");
  const segments = new Check("segments");
  const turns = new Check("turns");
  const events = new Check("session events");

  const view = new StoreView(reader, scope, { purges: checkPurges(purges, reader), headCheck: heads, hasNamespaces });
  const damaged = checkFeed(feed, view, [
    checkSegmentIndex(index, view),
    checkSegments(segments, view),
    checkTurns(turns, view),
    checkSessionEvents(events, view),
  ]);
  tellDamaged(feed, view, damaged);
  checkHeads(heads, view);
  for (const check of [index, segments, turns, events]) check.limit = feed.limit;

  if (keyCount <= scope.keysMax) {
    checkTurnSeals(turns, view);
    checkSessionEventKeys(events, view);
  }
  const ofTables = TABLE_CHECKS.map(([name, run]) => {
    const check = new Check(name);
    if (keyCount <= scope.keysMax && (name !== "namespaces" || hasNamespaces)) run(check, view);
    else check.limit = "left out";
    return check;
  });
  return [heads, feed, index, segments, turns, events, purges, ...ofTables];
}
