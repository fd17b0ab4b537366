/** Decimal digits that tell any two 32-bit floats apart. */
const DIGITS_MAX = 9;

/** Between these places of the point the seed's writer uses no exponent. */
const PLAIN_POINT_MIN = -5;
const PLAIN_POINT_MAX = 13;

/** A positive decimal number: its digits, and how many of them stand before the point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A finite 32-bit float as the shortest text that reads as the same one, in the notation of the seed's writer. */
export function floatText(float: number): string {
  const sign = float < 0 || Object.is(float, -0) ? "-" : "";
  return sign + (float === 0 ? "0.0" : decimalText(shortest(Math.abs(float))));
}

function shortest(float: number): Decimal {
  for (let count = 1; count < DIGITS_MAX; count++) {
    const nearest = decimal(float, count);
    if (isSame(nearest, float)) return nearest;
    // Above a power of two floats lie further apart than below, so the next decimal can be the same
    // float where the nearest one, below it, is not.
    const above = { ...nearest, digits: String(Number(nearest.digits) + 1) };
    if (above.digits.length === count && isSame(above, float)) return above;
  }
  return decimal(float, DIGITS_MAX);
}

function decimal(float: number, count: number): Decimal {
  const [mantissa = "", exponent] = float.toExponential(count - 1).split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

function isSame({ digits, point }: Decimal, float: number): boolean {
  return Math.fround(Number(`0.${digits}e${point}`)) === float;
}

function decimalText({ digits, point }: Decimal): string {
  if (point < PLAIN_POINT_MIN || point > PLAIN_POINT_MAX) return exponentText({ digits, point });
  if (point >= digits.length) return `${digits.padEnd(point, "0")}.0`;
  if (point > 0) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `0.${"0".repeat(-point)}${digits}`;
}

function exponentText({ digits, point }: Decimal): string {
  const fraction = digits.length === 1 ? "" : `.${digits.slice(1)}`;
  return `${digits[0]}${fraction}e${point - 1}`;
}
