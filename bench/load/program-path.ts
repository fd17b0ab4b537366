import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where Debian keeps PostgreSQL's programs, a folder for each version. */
const POSTGRES_FOLDER = "/usr/lib/postgresql";

/** The path of a program that is installed, or nothing: in PATH, in folders of the system's own, in PostgreSQL's. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin", ...postgresFolders()];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function postgresFolders(): readonly string[] {
  try {
    const versions = readdirSync(POSTGRES_FOLDER).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(POSTGRES_FOLDER, version, "bin"));
  } catch {
    return []; // it is not installed
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
