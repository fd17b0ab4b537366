import { WHOLE_SIGHT } from "../../../src/model/namespace.js";
import { segment, session } from "../contract/sample-entries.js";
import { type Command, SEGMENTS, SESSIONS, SIGHTS } from "./commands.js";
import type { StoreModel } from "./model.js";

/** Numbers from here on stand for any session or segment at all, whether it fits or not. */
const ANY_FROM = 80;

/**
 * A command with the sessions and segments that its numbers stand for: mostly one that is there where one is needed, and
 * one that is not there where a new one is. Otherwise most commands would only find out that nothing is there.
 */
export function meant<C extends Command>(command: C, model: StoreModel): C {
  const { seesAll, namespace } = SIGHTS[command.sight] ?? WHOLE_SIGHT;
  const isMine = (of: { readonly namespace: string } | undefined) => of !== undefined && (seesAll || of.namespace === namespace);
  const [live] = parted(SEGMENTS, (n) => isMine(model.segments.get(segment(n))?.info));
  const [, free] = parted(SEGMENTS, (n) => model.segments.has(segment(n)));
  const [sessions] = parted(SESSIONS, (n) => isMine(model.sessions.get(session(n))));
  const isNew = command.type === "create" || (command.type === "import" && command.offset === undefined);
  return {
    ...command,
    ...("segment" in command && { segment: pick(command.segment, isNew ? free : live, SEGMENTS) }),
    ...("target" in command && command.target !== undefined && { target: pick(command.target, free, SEGMENTS) }),
    ...("base" in command && command.base !== undefined && { base: pick(command.base, live, SEGMENTS) }),
    ...("session" in command && command.session !== undefined && { session: pick(command.session, sessions, SESSIONS) }),
  };
}

function parted(count: number, isThere: (n: number) => boolean): readonly [readonly number[], readonly number[]] {
  const all = Array.from({ length: count }, (_, n) => n);
  return [all.filter(isThere), all.filter((n) => !isThere(n))];
}

function pick(n: number, from: readonly number[], count: number): number {
  return n >= ANY_FROM ? n % count : (from[n % from.length] ?? n % count);
}
