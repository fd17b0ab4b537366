import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A figure with its name, one a line. */
export function figures(rows: Readonly<Record<string, string | number>>): string {
  return Object.entries(rows)
    .map(([name, value]) => `${name.padEnd(34)}${String(value).padStart(12)}`)
    .join("\n");
}

/** Lets a program work in a folder that goes when all went well, and stays to be looked at otherwise. */
export async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "seglog-race-"));
  try {
    await work(folder);
  } catch (error) {
    console.error(`the store is kept in ${folder}`);
    throw error;
  }
  await rm(folder, { recursive: true });
}
