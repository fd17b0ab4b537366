import type { SystemCall } from "./system-calls.js";

/** Bytes of LMDB's root as it writes it. */
const ROOT_BYTES = 128;

/** Ends a mark, so that none is the beginning of another. */
const MARK = /mark-([0-9A-Z]{26})-(\d+)\./g;

/** The mark of a segment's nth append, as its entry says it. */
export function markText(segmentId: string, number: number): string {
  return `mark-${segmentId}-${number}.`;
}

/** A stretch of a trace. */
interface Stretch {
  readonly begin: number;
  readonly end: number;
}

/** Something of an append that went out on a socket. */
interface Sent {
  readonly mark: string;
  /** Of the write to the socket. */
  readonly begin: number;
}

/** What a trace of a daemon shows of appends, flushes and answers. */
export interface FlushTrace {
  /** Of the first write of a page with the mark in it. */
  readonly pages: ReadonlyMap<string, Stretch>;
  readonly flushes: readonly Stretch[];
  readonly roots: readonly Stretch[];
  readonly answers: readonly Sent[];
  readonly deliveries: readonly Sent[];
}

/**
 * Sorts the calls of a daemon. An answer to a segment's nth append is told by the id of the segment on a socket on which
 * nobody tails: the first one there answers its creation, the nth behind it the nth append.
 *
 * @param segmentIds of segments that were each created and appended to on a connection of their own
 */
export async function readFlushTrace(calls: AsyncIterable<SystemCall>, segmentIds: readonly string[]): Promise<FlushTrace> {
  const pages = new Map<string, Stretch>();
  const [flushes, roots, deliveries]: [Stretch[], Stretch[], Sent[]] = [[], [], []];
  const told: { id: string; socket: string; begin: number }[] = [];
  const tails = new Set<string>();
  const syncing = new Set<string>();
  const known = new Set(segmentIds);
  for await (const { name, args, begin, end, result } of calls) {
    if (name === "openat") {
      if (!args.includes("data.mdb")) continue;
      if (args.includes("O_DSYNC")) syncing.add(String(result));
      else syncing.delete(String(result));
      continue;
    }
    const [, fd = "", path = ""] = /^(\d+)<([^>]*)/.exec(args) ?? [];
    if (path.endsWith("/data.mdb")) {
      if (name === "fdatasync" || name === "fsync") {
        if (result === 0) flushes.push({ begin, end });
      } else if (syncing.has(fd)) {
        if (result === ROOT_BYTES) roots.push({ begin, end });
      } else if (result > 0) {
        for (const mark of marksIn(args)) if (!pages.has(mark)) pages.set(mark, { begin, end });
      }
    } else if (/^(UNIX|socket)/.test(path)) {
      const marks = marksIn(args);
      for (const mark of marks) deliveries.push({ mark, begin });
      if (marks.length > 0) tails.add(path);
      for (const id of idsIn(args, known)) told.push({ id, socket: path, begin });
    }
  }
  const answers = numbered(told.filter(({ socket }) => !tails.has(socket)));
  return { pages, flushes: flushes.toSorted(byBegin), roots: roots.toSorted(byBegin), answers, deliveries };
}

/** Behind the answer to its creation, what tells a segment's id to its one client answers the segment's appends, in turn. */
function numbered(told: readonly { readonly id: string; readonly begin: number }[]): readonly Sent[] {
  const counts = new Map<string, number>();
  const answers: Sent[] = [];
  for (const { id, begin } of told) {
    const count = counts.get(id) ?? 0;
    if (count > 0) answers.push({ mark: markText(id, count), begin });
    counts.set(id, count + 1);
  }
  return answers;
}

/** What went out on a socket before the flush, and then the root, that make it durable were back. */
export function sentTooEarly({ pages, flushes, roots }: FlushTrace, sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(({ mark, begin }) => {
    const page = pages.get(mark);
    const flush = page && flushes.find((each) => each.begin > page.end);
    const root = flush && roots.find((each) => each.begin > flush.end);
    return root === undefined || root.end >= begin;
  });
}

function marksIn(args: string): readonly string[] {
  return args.includes("mark-") ? [...new Set(args.match(MARK))] : [];
}

/** What stands before an id may look like its beginning: a byte that strace writes as a number. */
function* idsIn(args: string, known: ReadonlySet<string>): Iterable<string> {
  for (const [, id = ""] of args.matchAll(/(?=(0[0-9A-HJKMNP-TV-Z]{25}))/g)) if (known.has(id)) yield id;
}

function byBegin(a: Stretch, b: Stretch): number {
  return a.begin - b.begin;
}
