import { pathEntryCount } from "../branch-path.js";
import { counted } from "../count-text.js";
import { shortIdChars } from "../short-ids.js";
import type { Diff } from "./read-diff.js";

/** What two branches have in common, and how much each has behind that, as lines for people. */
export function diffSummary(diff: Diff): string[] {
  const { a, b, common } = diff;
  const [inCommon, ofA, ofB] = [common, diff.first, diff.second].map(pathEntryCount) as [bigint, bigint, bigint]; // of three come three
  const ids = [a, b, ...common].map(({ segmentId }) => segmentId);
  const chars = shortIdChars(ids);
  const [nameA, nameB] = [a, b].map(({ segmentId }) => segmentId.slice(0, chars)) as [string, string]; // of two come two
  if (inCommon === 0n)
    return [`nothing in common: ${counted(ofA, "entry")} of ${nameA}, ${counted(ofB, "entry")} of ${nameB}`, ...whyNothing(diff)];
  const last = common.at(-1)?.segmentId.slice(0, chars);
  const turn = diff.turnCount === undefined ? "before any turn end" : `up to turn ${diff.turnCount}`;
  return [`common: ${counted(inCommon, "entry")}, the last of ${last}, ${turn}`, ...[relation({ nameA, nameB, ofA, ofB })].flat()];
}

function relation(is: { readonly nameA: string; readonly nameB: string; readonly ofA: bigint; readonly ofB: bigint }): string[] {
  const { nameA, nameB, ofA, ofB } = is;
  if (ofA === 0n && ofB === 0n) return [`${nameA} and ${nameB} are the same`];
  if (ofA === 0n) return [`${nameA} is a prefix of ${nameB}, which has ${counted(ofB, "entry")} more`];
  if (ofB === 0n) return [`${nameB} is a prefix of ${nameA}, which has ${counted(ofA, "entry")} more`];
  return [];
}

function whyNothing({ a, b }: Diff): string[] {
  if (a.sessionId !== b.sessionId) return ["they are of two sessions, and nothing is inherited across sessions"];
  const isCompaction = a.compactedFrom?.segmentId === b.segmentId || b.compactedFrom?.segmentId === a.segmentId;
  return isCompaction ? ["one is a compaction of the other: it stands for the same, in entries of its own"] : [];
}
