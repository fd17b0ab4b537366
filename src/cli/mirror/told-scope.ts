import { parseId } from "../../model/id.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { wholeSessionId } from "../ids.js";
import type { ClientContext } from "../with-client.js";
import { type MirrorScope, sessionsIn } from "./mirror-scope.js";
import { readMirrorState } from "./mirror-state.js";
import { type StatePlace, statePathsOfSession } from "./state-path.js";

/**
 * What --session says is mirrored. A session that the source does not have any more is found in what is kept of its mirror:
 * that it was deleted has yet to be done in the copy.
 *
 * @throws CommandError where neither has it
 */
export async function toldScope(source: ClientContext, typed: string | undefined, place: StatePlace): Promise<MirrorScope> {
  if (typed === undefined) return "store";
  try {
    const sessionId = await wholeSessionId(source, typed);
    for await (const there of sessionsIn(source, { sessionId })) if (there === sessionId) return { sessionId };
    throw new CommandError(EXIT.notFound, `no session has the id ${sessionId}`, undefined, ["seglog ls lists the sessions that are there"]);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.notFound) throw error;
    const kept = await keptSessions(place, parseId(typed) ?? typed.toUpperCase());
    const [sessionId, ...others] = kept;
    if (sessionId === undefined || others.length > 0) throw error;
    return { sessionId };
  }
}

async function keptSessions(place: StatePlace, beginning: string): Promise<readonly string[]> {
  const sessionIds: string[] = [];
  for (const path of await statePathsOfSession(place, beginning)) {
    const kept = await readMirrorState(path);
    if (kept?.sourceStoreId === place.sourceStoreId && kept.scope.startsWith(beginning)) sessionIds.push(kept.scope);
  }
  return sessionIds;
}
