import { readdirSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of a page. */
export interface DocBlock {
  readonly language: string;
  readonly text: string;
  /** Line of the page that its text begins in, from 1. */
  readonly line: number;
  /** Why it is not run: what `<!-- not run: reason -->` right above it says. */
  readonly notRun: string | undefined;
}

const BLOCK = /(?:^<!-- not run: (?<reason>.+) -->\n+)?^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

/** The blocks of a page in the languages asked for, in order. */
export function docBlocks(page: string, ...languages: readonly string[]): DocBlock[] {
  const blocks = [...page.matchAll(BLOCK)].map(({ 0: all, index, groups = {} }) => {
    const { reason, language = "", text = "" } = groups;
    const start = page.slice(0, index + all.length - text.length - "```".length);
    return { language, text, line: start.split("\n").length, notRun: reason };
  });
  return blocks.filter(({ language }) => languages.includes(language));
}

/** Every page: README.md, and what lies in docs/, by path. */
export function docPages(): string[] {
  const names = readdirSync("docs", { recursive: true, encoding: "utf8" });
  return ["README.md", ...names.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))].sort();
}
