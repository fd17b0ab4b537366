import { mkdir, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { defaultDataDir } from "../../daemon/config/default-paths.js";
import { errorCode } from "../../store/error-code.js";
import { type MirrorScope, scopeText } from "./mirror-scope.js";

/** Name of the state that lies in a folder that is a copy. */
const STATE_FILE = ".seglog-mirror.json";

/** What says where the state of a mirror is, but for its scope. */
export interface StatePlace {
  /** What --state says. */
  readonly told: string | undefined;
  /** The copy, where it is a folder. */
  readonly folder: string | undefined;
  readonly sourceStoreId: string;
  readonly targetStoreId: string | undefined;
}

/** Where a folder that is a copy has its state, unless --state says otherwise; its lock lies beside that in any case. */
export function statePathInFolder(folder: string): string {
  return join(folder, STATE_FILE);
}

/** Where the state of a mirror is kept: in the folder that is the copy, or among this user's mirrors into daemons. Its folder is made. */
export async function statePath(place: StatePlace, scope: MirrorScope): Promise<string> {
  const { told, folder } = place;
  if (told === undefined && folder !== undefined) return statePathInFolder(folder);
  const path = told === undefined ? join(mirrorsFolder(), stateName(place, scope === "store" ? "" : scopeText(scope))) : resolve(told);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // One file has one path, so that it is locked once.
  return join(await realpath(dirname(path)), basename(path));
}

/** Where states of mirrors of one session may lie whose id begins so. Nothing is made. */
export async function statePathsOfSession(place: StatePlace, beginning: string): Promise<readonly string[]> {
  if (place.told !== undefined) return [resolve(place.told)];
  if (place.folder !== undefined) return [statePathInFolder(place.folder)];
  const begin = stateName(place, beginning).slice(0, -STATE_SUFFIX.length);
  const names = await readdir(mirrorsFolder()).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(begin) && name.endsWith(STATE_SUFFIX)).map((name) => join(mirrorsFolder(), name));
}

const STATE_SUFFIX = ".json";

function mirrorsFolder(): string {
  return join(defaultDataDir(process.env), "mirrors");
}

function stateName({ sourceStoreId, targetStoreId }: StatePlace, sessionId: string): string {
  return [sourceStoreId, targetStoreId ?? "folder", ...(sessionId === "" ? [] : [sessionId])].join("-") + STATE_SUFFIX;
}
