/** What stands for itself in a plot's text. */
export type Emphasis = "title" | "strong" | "plain" | "faint";

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .strong { font-weight: 600; }
  .faint { fill: #6e7781; font-size: 12px; }
  .own { fill: #1f6feb; } .other { fill: #afb8c1; }
  .line { fill: none; stroke: #1f6feb; stroke-width: 2; } .dot { fill: #1f6feb; }
  .spread { stroke: #1f6feb; stroke-width: 1; opacity: 0.6; } .grid { stroke: #d0d7de; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .faint { fill: #8b949e; }
    .own, .dot { fill: #58a6ff; } .other { fill: #484f58; }
    .line, .spread { stroke: #58a6ff; } .grid { stroke: #30363d; }
  }`;

/** An image of a size in pixels, without a ground of its own: it is read on light pages and on dark ones. */
export function svgImage(image: {
  readonly width: number;
  readonly height: number;
  /** For those who cannot see it. */
  readonly title: string;
  readonly elements: readonly string[];
}): string {
  const { width, height, title, elements } = image;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...elements,
    "</svg>\n",
  ].join("\n");
}

/** A line of text; `x` is where it starts, ends or has its middle, `y` its base. */
export function svgText(
  text: string,
  place: { readonly x: number; readonly y: number; readonly anchor?: "start" | "middle" | "end"; readonly emphasis?: Emphasis },
): string {
  const { x, y, anchor = "start", emphasis = "plain" } = place;
  return `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}" class="${emphasis}">${escaped(text)}</text>`;
}

/** A straight line. */
export function svgLine(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  kind: string,
): string {
  return `<line x1="${rounded(from.x)}" y1="${rounded(from.y)}" x2="${rounded(to.x)}" y2="${rounded(to.y)}" class="${kind}"/>`;
}

/** A coordinate with as many digits as can be seen. */
export function rounded(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}

/** A figure in three digits that count, thousands as "k". */
export function shortFigure(figure: number): string {
  const inThree = (value: number) => (value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));
  return figure >= 1000 ? `${inThree(figure / 1000)}k` : inThree(figure);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
