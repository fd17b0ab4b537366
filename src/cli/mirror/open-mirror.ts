import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { note } from "../output.js";
import type { ClientContext } from "../with-client.js";
import { makeCopyFolder } from "./copy-folder.js";
import { copyIdOf } from "./copy-id.js";
import { type CopyLock, lockCopy } from "./copy-lock.js";
import { DaemonCopy } from "./daemon-copy.js";
import { FolderCopy } from "./folder-copy.js";
import type { MirrorCopy } from "./mirror-copy.js";
import type { MirrorOptions } from "./mirror-options.js";
import type { MirrorPlace } from "./mirror-place.js";
import { type MirrorScope, scopeText } from "./mirror-scope.js";
import { type MirrorState, readMirrorState } from "./mirror-state.js";
import { type CopyTarget, openTarget } from "./open-target.js";
import { STATUS_WITHIN_MS } from "./stall-watch.js";
import { statePath, statePathInFolder } from "./state-path.js";
import { toldScope } from "./told-scope.js";

/** A copy that is this process's to write, and what is known of it. */
export interface OpenedMirror {
  readonly scope: MirrorScope;
  readonly copy: MirrorCopy;
  readonly statePath: string;
  /** As it is to be written once something has been done; its token is null where everything has to be compared first. */
  readonly state: MirrorState;
  close(): Promise<void>;
}

/**
 * Opens the copy, keeps others away from it, and finds out whether it is one of this source.
 *
 * @param isDistrusted whether the source refused the token that is kept beside it
 * @throws CommandError where it is a mirror of something else
 */
export async function openMirror(source: ClientContext, options: MirrorOptions, isDistrusted: boolean): Promise<OpenedMirror> {
  const { storeId: sourceStoreId } = await source.client.getStatus({}, { signal: source.signal, deadlineMs: STATUS_WITHIN_MS });
  const target = await openTarget(options, { source, sourceStoreId });
  const locks: CopyLock[] = [];
  const close = async () => {
    target?.close();
    for (const lock of locks) await lock.release();
  };
  try {
    const place = { told: options.state, folder: folderOf(options.to), sourceStoreId, targetStoreId: target?.storeId };
    const scope = await toldScope(source, options.session, place);
    // Nothing is made before it is known what is mirrored.
    const folder = place.folder === undefined ? undefined : await makeCopyFolder(place.folder);
    const path = await statePath({ ...place, folder }, scope);
    // Two mirrors with a state each may be told the same folder.
    for (const locked of new Set(folder === undefined ? [path] : [statePathInFolder(folder), path])) locks.push(await lockCopy(locked));
    const copy = await copyIn({ source, target, folder, scope });
    const kept = await readMirrorState(path);
    const identity = { sourceStoreId, targetStoreId: copy.storeId ?? null, copyId: copy.id ?? null, scope: scopeText(scope) };
    const state = await stateToBegin({ kept, identity, path, copy, options, isDistrusted });
    return { scope, copy, statePath: path, state, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function folderOf(place: MirrorPlace): string | undefined {
  return "folder" in place ? place.folder : undefined;
}

interface CopyParts {
  readonly source: ClientContext;
  readonly target: CopyTarget | undefined;
  readonly folder: string | undefined;
  readonly scope: MirrorScope;
}

async function copyIn({ source, target, folder, scope }: CopyParts): Promise<MirrorCopy> {
  if (target !== undefined) return new DaemonCopy({ source, target, scope });
  if (folder === undefined) throw new Error("a copy is in a folder or in a daemon");
  return new FolderCopy({ source, folder, id: await copyIdOf(folder), scope });
}

interface Kept {
  readonly kept: MirrorState | undefined;
  readonly identity: Pick<MirrorState, "sourceStoreId" | "targetStoreId" | "copyId" | "scope">;
  readonly path: string;
  readonly copy: MirrorCopy;
  readonly options: MirrorOptions;
  readonly isDistrusted: boolean;
}

async function stateToBegin({ kept, identity, path, copy, options, isDistrusted }: Kept): Promise<MirrorState> {
  if (kept !== undefined && kept.scope !== identity.scope) {
    const [there, wanted] = [kept.scope, identity.scope].map(scopeName);
    throw new CommandError(EXIT.conflict, `${copy.name} is a mirror of ${there}, not of ${wanted}, as ${path} says`, undefined, [
      "choose another place for the copy",
    ]);
  }
  const isOurs =
    kept?.sourceStoreId === identity.sourceStoreId && kept.targetStoreId === identity.targetStoreId && kept.copyId === identity.copyId;
  if (kept !== undefined && !isOurs) note(`${path} is of another source or another copy than there is now; the whole copy is compared`);
  const anew = { ...identity, resumeToken: null, position: "0" };
  if (kept !== undefined && isOurs && !isDistrusted) {
    const mayRemove = kept.mayRemove || options.prune === true;
    return options.compare === true ? { ...anew, mayRemove } : { ...kept, mayRemove };
  }
  return { ...anew, mayRemove: options.prune === true || (await isEmpty(copy)) };
}

async function isEmpty(copy: MirrorCopy): Promise<boolean> {
  for await (const _sessionId of copy.sessions()) return false;
  return true;
}

function scopeName(scope: string): string {
  return scope === "store" ? "a whole store" : `session ${scope}`;
}
