import { InvalidArgumentError } from "commander";

const MS_OF: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Reads when something expires: after a time from now such as `12h`, or at a time in the form of ISO 8601 with its zone. */
export function parseExpiry(text: string): Date {
  const [, digits, unit = ""] = /^(\d{1,9})([dhms])$/.exec(text) ?? [];
  const ms = MS_OF[unit];
  if (digits !== undefined && ms !== undefined) return new Date(Date.now() + Number(digits) * ms);
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : undefined;
  if (date !== undefined && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError("wanted a time such as 12h or 30d, or one such as 2030-01-01T00:00:00Z");
}
