/** Fewest characters of an id that people are shown. */
const CHARS_MIN = 10;

/**
 * How many characters of each of some ids tell them all apart; at least ten.
 *
 * Ids that are made in one millisecond begin with the same ten.
 */
export function shortIdChars(ids: Iterable<string>): number {
  const sorted = [...new Set(ids)].sort();
  return sorted.reduce((chars, id, i) => Math.max(chars, sharedChars(sorted[i - 1] ?? "", id) + 1), CHARS_MIN);
}

function sharedChars(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}
