import { parseId } from "../model/id.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";
import type { ClientContext } from "./with-client.js";

/** The beginning of a ULID, in either case. */
const ID_BEGINNING = /^[0-7][0-9A-HJKMNP-TV-Z]{0,24}$/i;

/** What lists the ids. */
const WHERE_IDS_ARE = {
  segment: "seglog ls lists the sessions that this caller may see, seglog ls SESSION the segments of one",
  session: "seglog ls lists the sessions that this caller may see",
} as const;

/** How many of the ids that begin alike a message names. */
const NAMED_MAX = 3;

/**
 * The whole id of a segment of which somebody typed the beginning; a whole one as it is, whether there is such a segment
 * or not.
 *
 * @throws CommandError where none begins so, or more than one
 */
export function wholeSegmentId({ client, signal }: ClientContext, typed: string): Promise<string> {
  return wholeId({ what: "segment", typed }, async (idPrefix) => {
    const { segments } = await client.listSegments({ idPrefix, pageSize: NAMED_MAX + 1 }, { signal });
    return segments.map(({ segmentId }) => segmentId);
  });
}

/** wholeSegmentId for a session. */
export function wholeSessionId({ client, signal }: ClientContext, typed: string): Promise<string> {
  const find = async (idPrefix: string) => {
    const { sessions } = await client.listSessions({ idPrefix, pageSize: NAMED_MAX + 1 }, { signal });
    return sessions.map(({ sessionId }) => sessionId);
  };
  const adviceOnNone = async () => {
    const { segments } = await client.listSegments({ idPrefix: typed, pageSize: 2 }, { signal });
    const [segment, ...others] = segments;
    return segment === undefined || others.length > 0 ? [] : [`segment ${segment.segmentId} has; its session is ${segment.sessionId}`];
  };
  return wholeId({ what: "session", typed, adviceOnNone }, find);
}

interface TypedId {
  readonly what: "segment" | "session";
  readonly typed: string;
  /** What else to say where none begins so. */
  readonly adviceOnNone?: () => Promise<readonly string[]>;
}

async function wholeId({ what, typed, adviceOnNone }: TypedId, find: (prefix: string) => Promise<readonly string[]>): Promise<string> {
  const whole = parseId(typed);
  if (whole !== undefined) return whole;
  if (!ID_BEGINNING.test(typed)) {
    const message = `the id of the ${what} is neither a ULID nor a UUID, nor the beginning of a ULID`;
    throw new CommandError(EXIT.usage, message, undefined, [WHERE_IDS_ARE[what]]);
  }
  const [found, ...others] = await find(typed);
  if (found === undefined)
    throw new CommandError(EXIT.notFound, `no ${what} has an id that begins with ${typed}`, undefined, [
      ...((await adviceOnNone?.()) ?? []),
      WHERE_IDS_ARE[what],
    ]);
  if (others.length === 0) return found;
  const named = [found, ...others].slice(0, NAMED_MAX).join(", ");
  const more = others.length < NAMED_MAX ? "" : " and more";
  throw new CommandError(EXIT.usage, `more than one ${what} has an id that begins with ${typed}: ${named}${more}`, undefined, [
    "type more of it",
  ]);
}
