// Makes what is generated once more, beside what is committed, and compares: `gen/`, the descriptor set and the page of
// the API must be what the proto files say. Prints nothing where they are.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiPage } from "./pages/api.js";

const DESCRIPTORS = "seglog.v1.binpb";
const API_PAGE = "docs/api.md";
const folder = mkdtempSync(join(tmpdir(), "seglog-generated-"));
try {
  buf("generate", "-o", folder);
  buf("build", "proto", "-o", join(folder, DESCRIPTORS));
  writeFileSync(join(folder, "api.md"), apiPage(readFileSync(join(folder, DESCRIPTORS))));
  const stale = [
    ...differences("gen", join(folder, "gen")),
    ...differingFile(DESCRIPTORS, join(folder, DESCRIPTORS)),
    ...differingFile(API_PAGE, join(folder, "api.md")),
  ];
  if (stale.length > 0) {
    console.error(`generated files are not what proto/ says; run: npm run proto\n${stale.map((file) => `  ${file}`).join("\n")}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function buf(...args) {
  execFileSync(join("node_modules", ".bin", "buf"), args, { stdio: "inherit" });
}

function differences(committed, fresh) {
  const names = new Set([...filesIn(committed), ...filesIn(fresh)]);
  return [...names].toSorted().flatMap((name) => differingFile(join(committed, name), join(fresh, name)));
}

function filesIn(place) {
  return readdirSync(place, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(place, name)).isFile());
}

function differingFile(committed, fresh) {
  return read(committed)?.equals(read(fresh) ?? Buffer.alloc(0)) ? [] : [committed];
}

function read(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
}
