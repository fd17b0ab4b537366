import type { Row } from "../row.js";
import { rounded, shortFigure, svgImage, svgText } from "./svg.js";

const WIDTH = 720;
const BAR_START = 300;
const BAR_WIDTH_MAX = 350;
const BAR_HEIGHT = 14;
const BAR_STEP = 20;
const GROUP_TITLE_HEIGHT = 24;
const GROUP_GAP = 14;
const TOP = 62;

/** Flush nothing, and would only make the others small. */
const NOT_DURABLE: ReadonlySet<string> = new Set(["echo", "JSONL line"]);

interface Bar {
  readonly name: string;
  readonly rate: number;
}

/** Bars of the append rates that have something to reach, each beside the durable ones of its floors and peers; nothing where no row has. */
export function appendRatesPlot(rows: readonly Row[]): string | undefined {
  const compared = comparedRows(rows);
  if (compared.length === 0) return undefined;
  const elements = [
    svgText("Durable appends, beside floors and peers", { x: 16, y: 26, emphasis: "title" }),
    svgText("entries a second, each on the disk before its answer; a scale for each group", {
      x: 16,
      y: 44,
      emphasis: "faint",
    }),
  ];
  let y = TOP;
  for (const row of compared) {
    const bars = barsOf(row);
    elements.push(svgText(row.case, { x: 16, y: y + 14, emphasis: "strong" }), ...barElements(bars, y + GROUP_TITLE_HEIGHT));
    y += GROUP_TITLE_HEIGHT + bars.length * BAR_STEP + GROUP_GAP;
  }
  return svgImage({ width: WIDTH, height: y, title: "Append rates of seglog beside its floors and peers", elements });
}

/** Rows of appends of which something is to be reached, be it in a row of its own beside one of the others. */
function comparedRows(rows: readonly Row[]): readonly Row[] {
  const appends = rows.filter((row) => /^(unary Append|AppendStream), \d+ B,/.test(row.case));
  const reached = new Set(appends.filter(({ reach }) => reach !== undefined).map((row) => row.case.replace(/, beside .*/, "")));
  return appends.filter((row) => reached.has(row.case) && barsOf(row).length > 1);
}

/** A row knows of the others what part of theirs seglog's figure is: theirs are the median over that. */
function barsOf(row: Row): readonly Bar[] {
  const durable = Object.entries(row.ratios).filter(([name]) => !NOT_DURABLE.has(name));
  const others = durable.map(([name, ratio]) => ({ name, rate: row.median / ratio }));
  return [{ name: "seglog", rate: row.median }, ...others.toSorted((a, b) => b.rate - a.rate)];
}

function barElements(bars: readonly Bar[], top: number): readonly string[] {
  const highest = Math.max(...bars.map(({ rate }) => rate));
  return bars.flatMap(({ name, rate }, i) => {
    const y = top + i * BAR_STEP;
    const width = (rate / highest) * BAR_WIDTH_MAX;
    const isOwn = i === 0;
    return [
      svgText(name, { x: BAR_START - 10, y: y + 11.5, anchor: "end", emphasis: isOwn ? "strong" : "plain" }),
      `<rect x="${BAR_START}" y="${y}" width="${rounded(width)}" height="${BAR_HEIGHT}" rx="2" class="${isOwn ? "own" : "other"}"/>`,
      svgText(shortFigure(rate), { x: BAR_START + width + 8, y: y + 11.5, emphasis: "faint" }),
    ];
  });
}
