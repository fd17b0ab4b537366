import { fileURLToPath } from "node:url";

/**
 * What `npm run build` has made of a source, such as `daemon/log.ts`, for processes to import; `npm test` builds before it
 * tests.
 */
export function built(source: string): string {
  return fileURLToPath(new URL(`../../dist/src/${source.replace(/\.ts$/, ".js")}`, import.meta.url));
}
