/** A count with its noun, such as `1 entry`, `12 entries` or `3 forks`. */
export function counted(count: bigint | number, noun: string): string {
  if (BigInt(count) === 1n) return `${count} ${noun}`;
  return `${count} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
