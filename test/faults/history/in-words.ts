import type { Attempt, Head, Operation, Read, SeenEntry, Tail, TailMessage } from "./history.js";

/** An operation with all its attempts, in a line. */
export function operationText(operation: Operation): string {
  const { id, kind, segmentId, values, believed, forksOnConflict, keptCount, requestId, attempts } = operation;
  const parts = [
    `${id} ${kind} ${shortId(segmentId)}`,
    values.length > 0 && `entries ${values.join(" ")}`,
    keptCount !== undefined && `at ${keptCount}`,
    believed !== undefined && `believing ${believed.entryCount ?? "any"} entries to ${believed.headPosition ?? "anywhere"}`,
    forksOnConflict && "or a branch",
    requestId !== undefined && "with a request id",
  ];
  return `${parts.filter(Boolean).join(", ")}: ${attempts.map(attemptText).join("; ")}`;
}

/** A read, in a line. */
export function readText({ id, segmentId, invokeNs, endNs, found }: Read): string {
  const what = found.type === "head" ? headText(found.head) : found.type === "missing" ? "no such segment" : entriesText(found.entries);
  return `${id} read ${shortId(segmentId)} ${spanText(invokeNs, endNs)}: ${what}`;
}

/** A tail without its messages, in a line. */
export function tailText({ id, scope, start, invokeNs }: Tail): string {
  const where = start.type === "after" ? `after ${start.position}` : start.type === "index" ? `from index ${start.index}` : start.type;
  const of = scope.type === "store" ? "the store" : shortId(scope.type === "session" ? scope.sessionId : scope.segmentId);
  return `${id} tail of ${of} from ${where}, asked for at ${msText(invokeNs)}`;
}

/** A message of a tail, in a line. */
export function messageText({ receivedNs, position, event }: TailMessage): string {
  const what =
    event.type === "entries"
      ? entriesText(event.entries)
      : event.type === "truncated"
        ? `${shortId(event.segmentId)} cut to ${event.entryCount}`
        : event.type;
  return `message at ${msText(receivedNs)}, position ${position}: ${what}`;
}

/** An entry and its place. */
export function entryText({ segmentId, index, position, value }: SeenEntry): string {
  return `${value ?? "opening"} at ${shortId(segmentId)}[${index}] position ${position}`;
}

/** Entries, a few of them. */
function entriesText(entries: readonly SeenEntry[]): string {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return "no entries";
  return entries.length === 1 ? entryText(first) : `${entries.length} entries, ${entryText(first)} to ${entryText(last)}`;
}

function attemptText({ invokeNs, endNs, outcome }: Attempt): string {
  const when = spanText(invokeNs, endNs);
  switch (outcome.type) {
    case "ok": {
      const { answer } = outcome;
      const where = `${answer.forked ? "a branch " : ""}${shortId(answer.segmentId)}`;
      return `${when} ok, ${where} has ${headText(answer)}${answer.replayed ? ", as answered before" : ""}`;
    }
    case "fail":
      return `${when} ${outcome.reason}${outcome.head === undefined ? "" : `, there are ${headText(outcome.head)}`}`;
    case "unknown":
      return `${when} unknown`;
    default:
      return outcome satisfies never;
  }
}

function headText({ entryCount, headPosition }: Head): string {
  return `${entryCount} entries to position ${headPosition}`;
}

function spanText(fromNs: number, toNs: number): string {
  return `${msText(fromNs)}..${msText(toNs)}`;
}

function msText(ns: number): string {
  return `${(ns / 1e6).toFixed(3)} ms`;
}

/** Ids of one run begin alike. */
function shortId(id: string): string {
  return id.length > 8 ? `…${id.slice(-6)}` : id;
}
