import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { defaultDataDir } from "../../daemon/config/default-paths.js";
import { type MirrorScope, scopeText } from "./mirror-scope.js";

/** Name of the state that lies in a folder that is a copy. */
const STATE_FILE = ".seglog-mirror.json";

/** What says where the state of a mirror is. */
export interface StatePlace {
  /** What --state says. */
  readonly told: string | undefined;
  /** The copy, where it is a folder. */
  readonly folder: string | undefined;
  readonly sourceStoreId: string;
  readonly targetStoreId: string | undefined;
  readonly scope: MirrorScope;
}

/** Where the state of a mirror is kept: in the folder that is the copy, or among this user's mirrors into daemons. Its folder is made. */
export async function statePath({ told, folder, sourceStoreId, targetStoreId, scope }: StatePlace): Promise<string> {
  if (told === undefined && folder !== undefined) return join(folder, STATE_FILE);
  const name = [sourceStoreId, targetStoreId ?? "folder", ...(scope === "store" ? [] : [scopeText(scope)])].join("-");
  const path = told === undefined ? join(defaultDataDir(process.env), "mirrors", `${name}.json`) : resolve(told);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return path;
}
