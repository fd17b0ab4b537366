const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size as people read it, in the largest unit of which there is at least one. */
export function sizeText(bytes: bigint): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
