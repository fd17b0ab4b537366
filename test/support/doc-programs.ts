import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Child } from "./child.js";
import { docBlocks } from "./doc-blocks.js";

/** Within the package, so that `seglog/client` is what its own package.json says, and outside of what is committed. */
const FOLDER = "dist/doc-blocks";

/**
 * Compiles the `ts` blocks of pages, those of one page as one module, whose lines are those of the page.
 *
 * @returns the compiled file of each page that has any
 * @throws Error with what the compiler says, where they do not pass it
 */
export async function compiledPrograms(pages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const files = new Map<string, string>();
  for (const page of pages) {
    const text = moduleOf(readFileSync(page, "utf8"));
    if (text === undefined) continue;
    const name = page.replaceAll("/", "-").replace(/\.md$/, "");
    writeFileSync(join(FOLDER, `${name}.ts`), text);
    files.set(page, resolve(FOLDER, `${name}.js`));
  }
  const compilerOptions = { rootDir: ".", outDir: ".", declaration: false, noUnusedLocals: false };
  const project = { extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [] };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(project));
  const compiler = new Child(process.execPath, ["node_modules/.bin/tsc", "-p", FOLDER]);
  const said: string[] = [];
  for (let line = await compiler.line(); line !== undefined; line = await compiler.line()) said.push(line);
  if ((await compiler.ended()) !== 0) throw new Error(`code of the pages does not compile:\n${said.join("\n")}${compiler.stderr}`);
  return files;
}

function moduleOf(page: string): string | undefined {
  const blocks = docBlocks(page, "ts").filter(({ notRun }) => notRun === undefined);
  if (blocks.length === 0) return undefined;
  const lines: string[] = [];
  for (const { text, line } of blocks) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.trimEnd().split("\n"));
  }
  return `${lines.join("\n")}\nexport {};\n`;
}
