import { statfs } from "node:fs/promises";
import { unsafeFileSystem } from "../store/lmdb/file-system.js";

/** Magic numbers of statfs(2) of file systems that a store works on, but may not outlive a container or a restart on. */
const PASSING_FILE_SYSTEMS = new Map([
  [0x794c7630, "overlay, which goes with its container"],
  [0x01021994, "tmpfs, which a restart of the machine empties"],
]);

/** The first Node 20 whose HTTP/2 has the fixes of 2026. */
const NODE_WANTED = [20, 20, 2] as const;

/** What an operator should hear of when the daemon starts, though it runs: one sentence each. */
export async function startWarnings(params: { readonly dataDir: string; readonly nodeVersion: string }): Promise<readonly string[]> {
  const { type } = await statfs(params.dataDir);
  return [fileSystemWarning(type), nodeVersionWarning(params.nodeVersion)].filter((warning) => warning !== undefined);
}

/** A word about the file system of the store: its promises are tried on local ext4 and xfs. */
export function fileSystemWarning(magic: number): string | undefined {
  const name = unsafeFileSystem(magic) ?? PASSING_FILE_SYSTEMS.get(magic >>> 0);
  return name === undefined ? undefined : `the store is on ${name}; its promises hold on a local ext4 or xfs`;
}

/** @param version such as `v20.20.2` */
export function nodeVersionWarning(version: string): string | undefined {
  const parts = version
    .replace(/^v/, "")
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  for (const [i, wanted] of NODE_WANTED.entries()) {
    const part = parts[i] ?? 0;
    if (part > wanted) return undefined;
    if (part < wanted) return `Node ${version} lacks fixes of its HTTP/2; wanted ${NODE_WANTED.join(".")} or later`;
  }
  return undefined;
}
