import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Child } from "./child.js";
import { docBlocks } from "./doc-blocks.js";

/** Within the package, so that `seglog/client` is what its own package.json says, and outside of what is committed. */
const PARENT = "dist/doc-blocks";

/**
 * Compiles the `ts` blocks of pages as modules, whose lines are those of the page: each block that begins with an import
 * begins one.
 *
 * @param name of the folder that they are compiled in, one for each test
 * @returns the compiled files of each page that has any, in order
 * @throws Error with what the compiler says, where they do not pass it
 */
export async function compiledPrograms(pages: readonly string[], name: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = join(PARENT, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, string[]>();
  for (const page of pages) {
    const module = page.replaceAll("/", "-").replace(/\.md$/, "");
    const modules = modulesOf(readFileSync(page, "utf8"));
    for (const [i, text] of modules.entries()) writeFileSync(join(folder, `${module}-${i}.ts`), text);
    if (modules.length > 0)
      files.set(
        page,
        [...modules.keys()].map((i) => resolve(folder, `${module}-${i}.js`)),
      );
  }
  const compilerOptions = { rootDir: ".", outDir: ".", declaration: false, noUnusedLocals: false };
  const project = { extends: "../../../tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const compiler = new Child(process.execPath, ["node_modules/.bin/tsc", "-p", folder]);
  const said: string[] = [];
  for (let line = await compiler.line(); line !== undefined; line = await compiler.line()) said.push(line);
  if ((await compiler.ended()) !== 0) throw new Error(`code of the pages does not compile:\n${said.join("\n")}${compiler.stderr}`);
  return files;
}

function modulesOf(page: string): string[] {
  const modules: string[][] = [];
  for (const { text, line, notRun } of docBlocks(page, "ts")) {
    if (notRun !== undefined) continue;
    if (text.startsWith("import ") || modules.length === 0) modules.push([]);
    const lines = modules.at(-1) ?? [];
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.trimEnd().split("\n"));
  }
  return modules.map((lines) => `${lines.join("\n")}\nexport {};\n`);
}
