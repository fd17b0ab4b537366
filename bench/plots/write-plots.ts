import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../row.js";
import { appendRatesPlot } from "./append-rates.js";
import { growthPlot } from "./growth.js";

const PLOTS = { "append-rates.svg": appendRatesPlot, "growth.svg": growthPlot } as const;

/** Draws what there are rows for into a folder, and gives the files' names. */
export function writePlots(rows: readonly Row[], folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(PLOTS).flatMap(([name, draw]) => {
    const plot = draw(rows);
    if (plot === undefined) return [];
    writeFileSync(join(folder, name), plot);
    return [name];
  });
}
