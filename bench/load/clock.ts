/** Milliseconds on the machine's monotonic clock, which all processes share on Linux. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
