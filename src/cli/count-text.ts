/** A count as people read it, its thousands apart: `1,204`. */
export function countText(count: bigint | number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A count of things in words: `1 item`, `1,204 items`, `2 entries`. */
export function counted(count: bigint | number, one: string): string {
  if (BigInt(count) === 1n) return `${countText(count)} ${one}`;
  return `${countText(count)} ${one.endsWith("y") ? `${one.slice(0, -1)}ies` : `${one}s`}`;
}
