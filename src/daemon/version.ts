import { readFileSync } from "node:fs";

/** Version of this package. */
export const VERSION: string = readVersion();

function readVersion(): string {
  // Two folders up from the sources, three from what is built of them.
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), "utf8");
      return (JSON.parse(text) as { version: string }).version; // our own file
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  throw new Error("seglog's package.json is not beside it");
}
