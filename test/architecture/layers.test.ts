import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const SRC = "src";

/** Which folders of src/ a folder may import from, besides itself; gen/ is open to all. The picture is in docs/architecture.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  contract: ["model"],
  store: ["model"],
  tail: ["model", "store"],
  access: ["model", "store"],
  service: ["model", "contract", "store", "tail", "access"],
  transport: ["model", "contract", "access", "service"],
  daemon: ["model", "store", "tail", "access", "service", "transport"],
  client: ["model", "contract"],
  "session-store": ["model"],
  cli: ["model", "contract", "client", "session-store", "daemon", "store"],
};

/** Packages that only one place may import. */
const ONE_HOME: Record<string, string> = {
  lmdb: "src/store/lmdb/engine.ts",
  "smol-toml": "src/daemon/config/",
  commander: "src/cli/",
};

interface Import {
  readonly from: string;
  readonly to: string;
}

test("imports follow the layer picture", () => {
  const broken = imports()
    .filter(({ to }) => to.startsWith("src/"))
    .filter(({ from, to }) => {
      const [layer, target] = [layerOf(from), layerOf(to)];
      return layer !== target && layer !== undefined && !(MAY_IMPORT[layer] ?? []).includes(target ?? "");
    });

  expect(broken).toEqual([]);
});

test("every folder of src has a place in the layer picture", () => {
  const folders = readdirSync(SRC, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  expect(folders.toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
});

test("the model imports no Node module and no package but protobuf", () => {
  const foreign = imports().filter(
    ({ from, to }) =>
      from.startsWith("src/model/") && !to.startsWith("src/") && !to.startsWith("gen/") && !to.startsWith("@bufbuild/protobuf"),
  );

  expect(foreign).toEqual([]);
});

test("the model asks no clock, no chance and no Node global", () => {
  const asking = files("src/model").filter((file) =>
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|Buffer\.)/.test(readFileSync(file, "utf8")),
  );

  expect(asking).toEqual([]);
});

test.each(Object.entries(ONE_HOME))("only one place imports %s", (name, home) => {
  const importers = imports().filter(({ to }) => to === name || to.startsWith(`${name}/`));

  expect(importers.length).toBeGreaterThan(0);
  expect(importers.filter(({ from }) => !from.startsWith(home))).toEqual([]);
});

test("no files import each other in a circle", () => {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports()) targets.set(from, [...(targets.get(from) ?? []), to]);
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file) || path.includes(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);

  expect(circles).toEqual([]);
});

/** The first folder under src, undefined for a file directly in it: those are what the package exports. */
function layerOf(file: string): string | undefined {
  const [, folder, rest] = file.split("/");
  return rest === undefined ? undefined : folder;
}

function imports(): Import[] {
  return files(SRC).flatMap((from) => {
    const text = readFileSync(from, "utf8");
    const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?from\s+"([^"]+)";/gms), ...text.matchAll(/^import\s+"([^"]+)";/gm)];
    return specifiers.map(([, specifier = ""]) => ({ from, to: resolve(from, specifier) }));
  });
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(".", normalize(join(dirname(from), specifier))).replace(/\.js$/, ".ts");
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
