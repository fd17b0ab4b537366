/** What a writer does to its session. Bytes are of encoded entries. */
export type Operation =
  | { readonly kind: "create"; readonly sessionId: string; readonly segmentId: string }
  | {
      readonly kind: "append";
      readonly segmentId: string;
      readonly entries: readonly Uint8Array[];
      /** Where the answer said that its first entry went; undefined without one. */
      readonly firstPosition?: number;
    }
  | { readonly kind: "fork"; readonly sourceId: string; readonly entryCount: number; readonly segmentId: string }
  | { readonly kind: "truncate"; readonly segmentId: string; readonly entryCount: number }
  | { readonly kind: "delete-segment"; readonly segmentId: string }
  | { readonly kind: "delete-session"; readonly sessionId: string };

/** One entry of a log. */
export interface ModelEntry {
  /** As its writer sent it; undefined for an opening entry, which the daemon writes. */
  readonly bytes: Uint8Array | undefined;
  /** Where its writer was told that it is; undefined where it was not told. */
  readonly position: number | undefined;
}

/** One segment. */
export interface ModelSegment {
  readonly sessionId: string;
  readonly base: { readonly segmentId: string; readonly entryCount: number } | undefined;
  readonly entries: readonly ModelEntry[];
}

/** Segments of one writer by their id: what is in its session. */
export type SessionModel = ReadonlyMap<string, ModelSegment>;

const OPENING: ModelEntry = { bytes: undefined, position: undefined };

/** What a session is after an operation that was valid for it. */
export function applied(model: SessionModel, operation: Operation): SessionModel {
  switch (operation.kind) {
    case "create":
      return new Map(model).set(operation.segmentId, { sessionId: operation.sessionId, base: undefined, entries: [OPENING] });
    case "append": {
      const segment = segmentOf(model, operation.segmentId);
      const { firstPosition } = operation;
      const added = operation.entries.map((bytes, i) => ({ bytes, position: firstPosition === undefined ? undefined : firstPosition + i }));
      return new Map(model).set(operation.segmentId, { ...segment, entries: [...segment.entries, ...added] });
    }
    case "fork": {
      const { sessionId } = segmentOf(model, operation.sourceId);
      const base = { segmentId: operation.sourceId, entryCount: operation.entryCount };
      return new Map(model).set(operation.segmentId, { sessionId, base, entries: [OPENING] });
    }
    case "truncate": {
      const segment = segmentOf(model, operation.segmentId);
      return new Map(model).set(operation.segmentId, { ...segment, entries: segment.entries.slice(0, operation.entryCount) });
    }
    case "delete-segment":
      return new Map([...model].filter(([segmentId]) => segmentId !== operation.segmentId));
    case "delete-session":
      return new Map();
    default:
      return operation satisfies never;
  }
}

/** How many entries of a segment others are based on: it can be cut back no further. At least its opening. */
export function inheritedCount(model: SessionModel, segmentId: string): number {
  let count = 1;
  for (const { base } of model.values()) if (base?.segmentId === segmentId) count = Math.max(count, base.entryCount);
  return count;
}

/** Whether others are based on a segment. */
export function hasDependents(model: SessionModel, segmentId: string): boolean {
  return [...model.values()].some(({ base }) => base?.segmentId === segmentId);
}

/** @throws Error where there is no such segment */
export function segmentOf(model: SessionModel, segmentId: string): ModelSegment {
  const segment = model.get(segmentId);
  if (segment === undefined) throw new Error(`the model has no segment ${segmentId}`);
  return segment;
}
