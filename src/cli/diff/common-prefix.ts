import type { PathPart } from "../branch-path.js";

/** Where two branches part. */
export interface CommonPrefix {
  /** What both begin with. */
  readonly common: readonly PathPart[];
  /** What the first has behind that. */
  readonly first: readonly PathPart[];
  /** What the second has behind that. */
  readonly second: readonly PathPart[];
}

/** The longest prefix that two paths have in common: the same entries of the same segments. */
export function commonPrefix(first: readonly PathPart[], second: readonly PathPart[]): CommonPrefix {
  const common: PathPart[] = [];
  for (let i = 0; ; i++) {
    const [a, b] = [first[i], second[i]];
    if (a === undefined || b === undefined || a.segmentId !== b.segmentId)
      return { common, first: first.slice(i), second: second.slice(i) };
    const { toIndex } = a.toIndex < b.toIndex ? a : b;
    common.push({ ...a, toIndex });
    // Behind the cut of one comes what it has of its own.
    if (a.toIndex !== b.toIndex) return { common, first: behind(first, i, toIndex), second: behind(second, i, toIndex) };
  }
}

function behind(path: readonly PathPart[], i: number, fromIndex: bigint): PathPart[] {
  return path.slice(i).flatMap((part, at) => {
    if (at > 0) return [part];
    return part.toIndex > fromIndex ? [{ ...part, fromIndex }] : [];
  });
}
