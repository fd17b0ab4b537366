import type { Base, History, Operation, SeenEntry } from "../history.js";
import { answerOf } from "../operations.js";
import { sightings } from "../sightings.js";
import type { Change } from "./change.js";

/**
 * Everything that changed the store, in the order of positions: what was answered, and what anybody was shown. Positions
 * are the store's own account of the order in which it committed; the laws hold it against everything else that is known.
 */
export function changesOf(history: History): readonly Change[] {
  const shown = shownEntries(history);
  const changes: Change[] = [];
  const branches = new Set<string>();
  for (const operation of history.operations) {
    const unit = unitOf(operation, shown.byValue);
    if (unit === undefined) continue;
    const change = changeOfUnit(operation, unit, shown.openings);
    if (change.opening !== undefined) branches.add(change.segmentId);
    changes.push(change);
  }
  changes.push(...openingsBut(branches, history, shown.openings), ...cutsOf(history));
  return changes.sort((a, b) => a.firstPosition - b.firstPosition);
}

interface Shown {
  /** The first sighting of each value, which the laws of sightings have found to be the only place. */
  readonly byValue: ReadonlyMap<string, SeenEntry>;
  /** Opening entries by segment. */
  readonly openings: ReadonlyMap<string, SeenEntry>;
}

function shownEntries(history: History): Shown {
  const byValue = new Map<string, SeenEntry>();
  const openings = new Map<string, SeenEntry>();
  for (const { entry } of sightings(history)) {
    if (entry.value === undefined) openings.set(entry.segmentId, openings.get(entry.segmentId) ?? entry);
    else if (!byValue.has(entry.value)) byValue.set(entry.value, entry);
  }
  return { byValue, openings };
}

/** The entries of an operation where they are, reckoned from its answer or from one of them. */
function unitOf(operation: Operation, shown: ReadonlyMap<string, SeenEntry>): readonly SeenEntry[] | undefined {
  const { values } = operation;
  const answer = answerOf(operation);
  const part = values.findIndex((value) => shown.has(value));
  const seen = shown.get(values[part] ?? "");
  const place = answer
    ? { segmentId: answer.segmentId, index: answer.entryCount - values.length, position: answer.headPosition - values.length + 1 }
    : seen && { segmentId: seen.segmentId, index: seen.index - part, position: seen.position - part };
  if (values.length === 0 || place === undefined) return undefined;
  const { segmentId, index, position } = place;
  return values.map((value, i) => ({ segmentId, index: index + i, position: position + i, value }));
}

function changeOfUnit(operation: Operation, unit: readonly SeenEntry[], openings: ReadonlyMap<string, SeenEntry>): Change {
  const [first] = unit;
  if (first === undefined) throw new Error("a unit has an entry");
  const { segmentId, position } = first;
  const change = { segmentId, firstPosition: position, lastPosition: position + unit.length - 1, unit, operation };
  if (segmentId === operation.segmentId) return change;
  const entry: SeenEntry = openings.get(segmentId) ?? { segmentId, index: 0, position: position - 1 };
  return { ...change, firstPosition: position - 1, opening: { entry, ...baseIn(entry, operation) } };
}

/** What a branch inherits: as shown, or else as asked for. */
function baseIn(entry: SeenEntry, { segmentId, believed }: Operation): { readonly base?: Base } {
  if (entry.base !== undefined) return { base: entry.base };
  return believed?.entryCount === undefined ? {} : { base: { segmentId, entryCount: believed.entryCount } };
}

function openingsBut(branches: ReadonlySet<string>, { operations }: History, openings: Shown["openings"]): readonly Change[] {
  const entries = new Map(openings);
  const byId = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.kind !== "create" && operation.kind !== "fork") continue;
    const segmentId = operation.newSegmentId ?? operation.segmentId;
    byId.set(segmentId, operation);
    const answer = answerOf(operation);
    if (answer === undefined || entries.has(segmentId)) continue;
    const base = operation.kind === "fork" ? { base: { segmentId: operation.segmentId, entryCount: operation.keptCount ?? 0 } } : {};
    entries.set(segmentId, { segmentId, index: 0, position: answer.headPosition, ...base });
  }
  return [...entries.values()]
    .filter(({ segmentId }) => !branches.has(segmentId))
    .map((entry) => ({
      segmentId: entry.segmentId,
      firstPosition: entry.position,
      lastPosition: entry.position,
      opening: { entry, ...(entry.base && { base: entry.base }) },
      unit: [],
      operation: byId.get(entry.segmentId),
    }));
}

/** Cuts as tails tell of them; each once. */
function cutsOf({ tails }: History): readonly Change[] {
  const cuts = new Map<number, Change>();
  for (const { position, event } of tails.flatMap(({ messages }) => messages)) {
    if (event.type !== "truncated") continue;
    const { segmentId, entryCount } = event;
    cuts.set(position, {
      segmentId,
      firstPosition: position,
      lastPosition: position,
      unit: [],
      keptCount: entryCount,
      operation: undefined,
    });
  }
  return [...cuts.values()];
}
