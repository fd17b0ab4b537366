import type { History, Operation, SeenEntry } from "../history.js";
import type { Law } from "../law.js";

/** A history that may be changed. */
export type Draft<T> = { -readonly [Key in keyof T]: Draft<T[Key]> };

/** A way in which a store could go wrong, planted into a valid history. */
export interface Planted {
  readonly name: string;
  /** The law that has to be named. */
  readonly law: Law;
  /** Plants it; false where the history has nothing that it could happen to. */
  readonly plant: (history: Draft<History>) => boolean;
}

/** A copy that may be changed. */
export function draftOf(history: History): Draft<History> {
  return copyOf(history) as Draft<History>; // the copy is nobody else's
}

/** A copy of plain data; the platform's own takes several times as long. */
function copyOf(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(copyOf);
  if (typeof data !== "object" || data === null) return data;
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) copy[name] = copyOf(value);
  return copy;
}

/** Lets every entry that anybody was shown be replaced; undefined leaves it out. */
export function mapSeen(history: Draft<History>, map: (entry: SeenEntry) => SeenEntry | undefined): void {
  const mapAll = (entries: readonly SeenEntry[]) => entries.flatMap((entry) => map(entry) ?? []);
  for (const segment of history.final) {
    segment.entries = mapAll(segment.entries);
    if (segment.inherited !== undefined) segment.inherited = mapAll(segment.inherited);
    Object.assign(segment, headOf(segment.entries));
  }
  for (const { found } of history.reads) if (found.type === "entries") found.entries = mapAll(found.entries);
  for (const { messages } of history.tails) {
    for (const { event } of messages) if (event.type === "entries") event.entries = mapAll(event.entries);
  }
}

/** Appends something to what a segment was in the end. */
export function addToEnd(history: Draft<History>, segmentId: string, entry: Omit<SeenEntry, "index" | "segmentId">): void {
  const segment = history.final.find((each) => each.segmentId === segmentId);
  if (segment === undefined) throw new Error(`${segmentId} is not there in the end`);
  segment.entries = [...segment.entries, { segmentId, index: segment.entries.length, ...entry }];
  Object.assign(segment, headOf(segment.entries));
}

/** A position that nothing has. */
export function freshPosition({ final, tails }: History): number {
  const ends = final.map(({ headPosition }) => headPosition);
  const told = tails.flatMap(({ messages }) => messages.map(({ position }) => position));
  return [...ends, ...told].reduce((a, b) => Math.max(a, b), 0) + 1;
}

/** The operation that an entry of the history is of. */
export function writerOf({ operations }: History, { value }: SeenEntry): Operation | undefined {
  return value === undefined ? undefined : operations.find(({ values }) => values.includes(value));
}

function headOf(entries: readonly SeenEntry[]): { readonly entryCount: number; readonly headPosition: number } {
  return { entryCount: entries.length, headPosition: entries.at(-1)?.position ?? 0 };
}
