import type { History, Operation, SeenEntry } from "../history.js";
import { entryText, operationText } from "../in-words.js";
import type { Law, Report } from "../law.js";
import { answerOf, type ByValue, isRefused, operationsByValue } from "../operations.js";
import { isSamePlace, type Sighting, sightings } from "../sightings.js";

/** What was shown must have been asked for, not refused, and be at one place, which is that of the answer. */
export function checkSighted(history: History, report: Report): void {
  const operations = operationsByValue(history.operations);
  const places = placesByValue(history);
  for (const [value, seen] of places) checkValue(value, seen, operations, report);
  checkNotVanished(history, places, operations, report);
  checkPositions(history, places, operations, report);
}

type Places = ReadonlyMap<string, readonly Sighting[]>;

/** Values with the first sighting at each place; opening entries by their segments. */
function placesByValue(history: History): Places {
  const places = new Map<string, Sighting[]>();
  for (const sighting of sightings(history)) {
    const value = nameOf(sighting.entry);
    const known = places.get(value);
    if (known === undefined) places.set(value, [sighting]);
    else if (!known.some(({ entry }) => isSamePlace(entry, sighting.entry))) known.push(sighting);
  }
  return places;
}

function nameOf({ value, segmentId }: SeenEntry): string {
  return value ?? `opening of ${segmentId}`;
}

function checkValue(value: string, seen: readonly Sighting[], operations: ByValue, report: Report): void {
  const known = operations.get(value);
  const [first] = seen;
  if (first === undefined) return;
  const evidence = seen.map(({ entry, source }) => `${entryText(entry)}, shown by ${source()}`);
  if (known === undefined) {
    if (first.entry.value !== undefined) report("nothing-foreign", `nobody wrote ${value}`, ...evidence);
    else if (seen.length > 1) report("no-duplicates", `a segment opens at two places`, ...evidence);
    return;
  }
  const { operation, part } = known;
  if (isRefused(operation)) return report("refused-absent", `${value} was refused and is there`, operationText(operation), ...evidence);
  if (seen.length > 1) return report(lawOfTwice(operation), `${value} is at ${seen.length} places`, operationText(operation), ...evidence);
  const answered = answeredPlace(operation, part);
  if (answered !== undefined && !isSamePlace(answered, first.entry)) {
    report("acknowledged-present", `${value} is not where the answer said: ${entryText(answered)}`, operationText(operation), ...evidence);
  }
}

/** What was shown, though nobody was answered about it, is there in the end, or a cut took it. */
function checkNotVanished(history: History, places: Places, operations: ByValue, report: Report): void {
  const messages = history.tails.flatMap((tail) => tail.messages);
  const isInTheEnd = (value: string) => places.get(value)?.[0]?.by === "final";
  for (const [value, [first]] of places) {
    const operation = operations.get(value)?.operation;
    if (first === undefined || first.by === "final" || operation === undefined || answerOf(operation) !== undefined) continue;
    if (operation.values.some(isInTheEnd)) continue; // there in part, which another law tells of
    const { segmentId, index, position } = first.entry;
    const isCut = messages.some(
      ({ event, position: at }) =>
        event.type === "truncated" && event.segmentId === segmentId && at > position && event.entryCount <= index,
    );
    if (isCut) continue;
    const evidence = `${entryText(first.entry)}, shown by ${first.source()}`;
    report("no-dirty-read", `${value} was shown, is not there, and was not cut`, operationText(operation), evidence);
  }
}

function lawOfTwice(operation: Operation): Law {
  if (answerOf(operation) === undefined) return "unknown-at-most-once";
  return operation.attempts.length > 1 ? "retry-adds-nothing" : "no-duplicates";
}

/** Where an answer says that an entry is. */
function answeredPlace(operation: Operation, part: number): SeenEntry | undefined {
  const answer = answerOf(operation);
  const value = operation.values[part];
  if (answer === undefined || value === undefined) return undefined;
  const { segmentId, entryCount, headPosition } = answer;
  const fromEnd = operation.values.length - part;
  return { segmentId, index: entryCount - fromEnd, position: headPosition - fromEnd + 1, value };
}

/** Something that holds a position, and whether it was answered or was there in the end. */
interface Holder {
  readonly name: string;
  readonly isCertain: boolean;
  readonly evidence: () => string;
}

function checkPositions(history: History, places: Places, operations: ByValue, report: Report): void {
  const holders = new Map<number, Holder>();
  const hold = (position: number, holder: Holder) => {
    const other = holders.get(position);
    if (other === undefined) holders.set(position, holder);
    if (other === undefined || other.name === holder.name) return;
    const law = other.isCertain && holder.isCertain ? "positions-unique" : "no-dirty-read";
    report(law, `position ${position} is that of ${other.name} and of ${holder.name}`, other.evidence(), holder.evidence());
  };
  for (const operation of history.operations) {
    for (const part of operation.values.keys()) {
      const place = answeredPlace(operation, part);
      if (place) hold(place.position, { name: nameOf(place), isCertain: true, evidence: () => operationText(operation) });
    }
  }
  for (const [name, seen] of places) {
    for (const { entry, by, source } of seen) {
      const operation = operations.get(name)?.operation;
      const isCertain = by === "final" || (operation !== undefined && answerOf(operation) !== undefined);
      hold(entry.position, { name, isCertain, evidence: () => `${entryText(entry)}, shown by ${source()}` });
    }
  }
  for (const { id, messages } of history.tails) {
    for (const { position, event } of messages) {
      if (event.type !== "truncated") continue;
      const name = `the cut of ${event.segmentId} to ${event.entryCount}`;
      hold(position, { name, isCertain: true, evidence: () => `${name}, told by ${id}` });
    }
  }
}
