import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Compiles the sources for tests that run them in processes of their own, within a test file's life.
 *
 * @returns gives the compiled form of a source, such as `daemon/log.ts`, as something to import
 */
export function compiledSources(): (source: string) => string {
  let folder: string;

  beforeAll(async () => {
    const cache = `${ROOT}node_modules/.cache`; // from here bare imports resolve
    await mkdir(cache, { recursive: true });
    folder = await mkdtemp(`${cache}/seglog-test-`);
    await copyFile(`${ROOT}package.json`, `${folder}/package.json`); // says that these are modules, and which version
    await promisify(execFile)(`${ROOT}node_modules/.bin/tsc`, ["-p", ROOT, "--noCheck", "--outDir", folder]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return (source) => `${folder}/src/${source.replace(/\.ts$/, ".js")}`;
}
