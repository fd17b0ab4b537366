import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/daemon/config/load-config.js";
import { SETTINGS } from "../../src/daemon/config/settings.js";
import { Child } from "../support/child.js";
import { docBlocks } from "../support/doc-blocks.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const CONFIGURATION = readFileSync("docs/configuration.md", "utf8");
const [EXAMPLE = ""] = docBlocks(CONFIGURATION, "toml").map(({ text }) => text);

test("the pages that npm run docs writes are what the program says", async () => {
  const folder = temporaryFolder();

  const written = new Child(process.execPath, ["scripts/docs.js", folder]);
  expect(await written.ended(), written.stderr).toBe(0);

  for (const page of ["configuration.md", "command-line.md"]) {
    const [committed, fresh] = [join("docs", page), join(folder, page)].map((path) => readFileSync(path, "utf8"));
    expect(committed, `docs/${page} is not what the program says; run: npm run docs`).toBe(fresh);
  }
});

test("the whole file loads as it stands, and each line of it that is no more than a comment says what holds anyway", () => {
  const asItStands = load(EXAMPLE);
  const uncommented = load(EXAMPLE.replaceAll(/^#(?=[\w[])/gm, ""));

  const fixed = Object.values(SETTINGS).filter(({ defaultOf, name }) => name !== "listen" && defaultOf(NOWHERE) !== undefined);
  for (const { name } of fixed) expect(uncommented.origins.get(name), name).toMatchObject({ value: asItStands.origins.get(name)?.value });
  const told = [...uncommented.origins.values()].filter(({ origin }) => origin.startsWith("file "));
  expect(told).toHaveLength(Object.keys(SETTINGS).length + 2); // and two quotas of one namespace
});

test("the page of the configuration names each variable that commands read", () => {
  const sources = ["src/cli", "src/client"].flatMap(sourcesIn);
  const read = sources.flatMap((source) => [...source.matchAll(/\b(?:SEGLOG_[A-Z_]+|NO_COLOR)\b/g)].map(([name]) => name));

  expect(new Set(read).size).toBeGreaterThan(5);
  expect([...new Set(read)].filter((name) => !CONFIGURATION.includes(`\`${name}\``))).toEqual([]);
});

function sourcesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.map((file) => readFileSync(join(folder, file), "utf8"));
}

const NOWHERE = { env: {}, dataSet: undefined };

function load(text: string) {
  return loadConfig({ flags: {}, env: { SEGLOG_CONFIG: "/etc/seglog.toml" }, cwd: "/", readFile: () => text });
}
