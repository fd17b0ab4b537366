import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { wholeSessionId } from "../ids.js";
import { note } from "../output.js";
import type { ClientContext } from "../with-client.js";
import { type CopyLock, lockCopy } from "./copy-lock.js";
import type { MirrorCopy } from "./mirror-copy.js";
import type { MirrorOptions } from "./mirror-options.js";
import { type MirrorScope, scopeText } from "./mirror-scope.js";
import { type MirrorState, readMirrorState } from "./mirror-state.js";
import { openCopy } from "./open-copy.js";
import { statePath } from "./state-path.js";

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
  const scope: MirrorScope = options.session === undefined ? "store" : { sessionId: await wholeSessionId(source, options.session) };
  const { storeId: sourceStoreId } = await source.client.getStatus({}, { signal: source.signal });
  const { copy, folder } = await openCopy(options, { source, sourceStoreId, scope });
  let lock: CopyLock | undefined;
  try {
    const path = await statePath({ told: options.state, folder, sourceStoreId, targetStoreId: copy.storeId, scope });
    lock = await lockCopy(path);
    const { release } = lock;
    const kept = await readMirrorState(path);
    const identity = { sourceStoreId, targetStoreId: copy.storeId ?? null, scope: scopeText(scope) };
    const state = await stateToBegin({ kept, identity, path, copy, options, isDistrusted });
    const close = async () => {
      copy.close();
      await release();
    };
    return { scope, copy, statePath: path, state, close };
  } catch (error) {
    copy.close();
    await lock?.release();
    throw error;
  }
}

interface Kept {
  readonly kept: MirrorState | undefined;
  readonly identity: Pick<MirrorState, "sourceStoreId" | "targetStoreId" | "scope">;
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
  const isOurs = kept?.sourceStoreId === identity.sourceStoreId && kept.targetStoreId === identity.targetStoreId;
  if (kept !== undefined && !isOurs) note(`${path} is of another store than the source or the copy is now; the whole copy is compared`);
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
