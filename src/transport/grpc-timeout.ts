const MS_OF_UNIT: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * The milliseconds that a `grpc-timeout` header says: up to eight digits and a unit. Fractions are rounded up, so that
 * no call ends before its time.
 *
 * @returns undefined where it says none
 */
export function parseGrpcTimeout(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  const unitMs = MS_OF_UNIT[unit];
  return unitMs === undefined ? undefined : Math.ceil(Number(digits) * unitMs);
}
