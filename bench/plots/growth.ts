import type { Row } from "../row.js";
import { rounded, shortFigure, svgImage, svgLine, svgText } from "./svg.js";

const WIDTH = 720;
const HEIGHT = 290;
const PANEL_WIDTH = 270;
const PANEL_TOP = 74;
const PANEL_BOTTOM = 240;
const GRID_LINES = 4;

interface Panel {
  readonly title: string;
  /** Where its axis of figures stands. */
  readonly left: number;
  readonly rows: readonly GrowthRow[];
}

interface GrowthRow extends Row {
  /** Entries in the store. */
  readonly entries: number;
}

/** Lines of append rate and restore time against the entries in the store, which should be flat; nothing where a line has no rows. */
export function growthPlot(rows: readonly Row[]): string | undefined {
  const panels = [
    { title: "Append rate", left: 70, rows: growthRows(rows, /^Append/) },
    { title: "Restore time", left: 425, rows: growthRows(rows, /^restore/) },
  ];
  if (panels.some((panel) => panel.rows.length < 2)) return undefined;
  const elements = [
    svgText("A store that grows", { x: 16, y: 26, emphasis: "title" }),
    ...panels.flatMap(panelElements),
    svgText("entries in the store", { x: WIDTH / 2, y: HEIGHT - 12, anchor: "middle", emphasis: "faint" }),
  ];
  return svgImage({ width: WIDTH, height: HEIGHT, title: "Append rate and restore time against the entries in the store", elements });
}

function growthRows(rows: readonly Row[], what: RegExp): readonly GrowthRow[] {
  return rows.flatMap((row) => {
    const exponent = /, store of 10\^(\d+) entries$/.exec(row.case)?.[1];
    return exponent !== undefined && what.test(row.case) ? [{ ...row, entries: 10 ** Number(exponent) }] : [];
  });
}

function panelElements({ title, left, rows }: Panel): readonly string[] {
  const step = niceStep(Math.max(...rows.map(({ max }) => max)) / GRID_LINES);
  const top = step * GRID_LINES;
  const exponents = rows.map(({ entries }) => Math.log10(entries));
  const first = Math.min(...exponents);
  const last = Math.max(...exponents);
  const x = (entries: number) => left + 16 + ((Math.log10(entries) - first) / (last - first)) * (PANEL_WIDTH - 32);
  const y = (figure: number) => PANEL_BOTTOM - (figure / top) * (PANEL_BOTTOM - PANEL_TOP);

  const grid = Array.from({ length: GRID_LINES + 1 }, (_, i) => [
    svgLine({ x: left, y: y(i * step) }, { x: left + PANEL_WIDTH, y: y(i * step) }, "grid"),
    svgText(shortFigure(i * step), { x: left - 8, y: y(i * step) + 4, anchor: "end", emphasis: "faint" }),
  ]);
  const points = rows.map(({ entries, median }) => `${rounded(x(entries))},${rounded(y(median))}`);
  const marks = rows.map(({ entries, median, min, max }) => [
    svgLine({ x: x(entries), y: y(min) }, { x: x(entries), y: y(max) }, "spread"),
    `<circle cx="${rounded(x(entries))}" cy="${rounded(y(median))}" r="3.5" class="dot"/>`,
    svgText(`10${superscript(Math.round(Math.log10(entries)))}`, {
      x: x(entries),
      y: PANEL_BOTTOM + 18,
      anchor: "middle",
      emphasis: "faint",
    }),
  ]);
  const heading = svgText(`${title}, ${rows[0]?.unit}`, { x: left, y: PANEL_TOP - 16, emphasis: "strong" });
  return [heading, ...grid.flat(), `<polyline points="${points.join(" ")}" class="line"/>`, ...marks.flat()];
}

/** The least of 1, 2, 2.5 and 5 times a power of ten that is not below a number. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

function superscript(number: number): string {
  return [...String(number)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}
