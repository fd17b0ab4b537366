import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const MINOR_BITS = 8n;

/**
 * Who holds a store, without trying to take it, which might be in the way of a daemon that starts.
 *
 * @returns undefined where nobody does
 */
export function holderOf(dataDir: string): string | undefined {
  const lock = join(dataDir, "LOCK");
  const stat = statSync(lock, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const [major, minor] = [(stat.dev >> MINOR_BITS) & 0xfffn, (stat.dev & 0xffn) | ((stat.dev >> 12n) & 0xfff00n)];
  const place = `${hex(major)}:${hex(minor)}:${stat.ino} `;
  const isHeld = readFileSync("/proc/locks", "utf8")
    .split("\n")
    .some((line) => line.includes(" FLOCK ") && line.includes(` ${place}`));
  if (!isHeld) return undefined;
  const [owner = "somebody"] = /^pid \d+ since [\d:.TZ-]+/.exec(readFileSync(lock, "latin1")) ?? [];
  return owner;
}

function hex(number: bigint): string {
  return number.toString(16).padStart(2, "0");
}
