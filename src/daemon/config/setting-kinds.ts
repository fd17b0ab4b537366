import { resolve } from "node:path";
import type { SettingKind } from "./setting.js";

const BYTES_OF = new Map([
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["B", 1],
]);

const MS_OF = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** Least and greatest value that is accepted. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A path; a relative one starts from the current folder, or from the folder of the file that it stands in. */
export const PATH_KIND: SettingKind<string> = {
  placeholder: "<path>",
  wanted: "a path",
  takesTomlInteger: false,
  parse: (text, folder) => (text === "" || text.includes("\0") ? undefined : resolve(folder, text)),
  format: (path) => path,
};

/** Any text, without blanks. */
export const WORD_KIND: SettingKind<string> = {
  placeholder: "<name>",
  wanted: "a name or a number",
  takesTomlInteger: false,
  parse: (text) => (/^[^\s:]+$/.test(text) ? text : undefined),
  format: (word) => word,
};

/** Permissions in octal digits. A TOML integer is refused: 660 would be taken as decimal. */
export const MODE_KIND: SettingKind<number> = {
  placeholder: "<mode>",
  wanted: "three or four octal digits (in TOML in quotes), such as 0600 or 0660",
  takesTomlInteger: false,
  parse: (text) => (/^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined),
  format: (mode) => mode.toString(8).padStart(4, "0"),
};

/** A whole number. */
export function integerKind(bounds: Bounds): SettingKind<number> {
  return {
    placeholder: "<count>",
    wanted: `a whole number from ${bounds.min} to ${bounds.max}`,
    takesTomlInteger: true,
    parse: (text) => (/^\d{1,15}$/.test(text) ? within(bounds, Number(text)) : undefined),
    format: String,
  };
}

/** A size in bytes; a number without a unit counts bytes. */
export function bytesKind(bounds: Bounds): SettingKind<number> {
  return {
    placeholder: "<size>",
    wanted: `a size from ${formatUnits(BYTES_OF, bounds.min)} to ${formatUnits(BYTES_OF, bounds.max)}, such as 65536, 512KiB or 64MiB`,
    takesTomlInteger: true,
    parse: (text) => within(bounds, parseUnits(BYTES_OF, /^\d+$/.test(text) ? `${text}B` : text)),
    format: (bytes) => formatUnits(BYTES_OF, bytes),
  };
}

/** A time in milliseconds. Needs its unit: what a bare number means, nobody could be sure of. */
export function durationKind(bounds: Bounds): SettingKind<number> {
  return {
    placeholder: "<time>",
    wanted: `a time with its unit from ${formatUnits(MS_OF, bounds.min)} to ${formatUnits(MS_OF, bounds.max)}, such as 500ms, 30s or 5m`,
    takesTomlInteger: false,
    parse: (text) => within(bounds, parseUnits(MS_OF, text)),
    format: (ms) => formatUnits(MS_OF, ms),
  };
}

/** One of a few words. */
export function choiceKind<Choice extends string>(choices: readonly Choice[]): SettingKind<Choice> {
  return {
    placeholder: `<${choices.join("|")}>`,
    wanted: `one of ${choices.join(", ")}`,
    takesTomlInteger: false,
    parse: (text) => choices.find((choice) => choice === text),
    format: (choice) => choice,
  };
}

function parseUnits(units: ReadonlyMap<string, number>, text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15})\s?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units.get(unit);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** In the largest unit that leaves no fraction, so that it reads back as the same number. */
function formatUnits(units: ReadonlyMap<string, number>, value: number): string {
  for (const [unit, factor] of units) {
    if (value >= factor && value % factor === 0) return `${value / factor}${unit}`;
  }
  return `${value}${[...units.keys()].at(-1)}`;
}

function within({ min, max }: Bounds, value: number | undefined): number | undefined {
  return value === undefined || value < min || value > max ? undefined : value;
}
