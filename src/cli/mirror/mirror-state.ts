import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errorCode } from "../../store/error-code.js";
import { flushFolder } from "../../store/flush.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { writeWholeFile } from "../export/whole-file.js";

/** What is kept beside a copy: whose copy it is, and how far it has come. */
export interface MirrorState {
  /** Id of the store that it is a copy of. */
  readonly sourceStoreId: string;
  /** Id of the store that it is in; null where it is a folder. */
  readonly targetStoreId: string | null;
  /** Id of the folder that it is, see copyIdOf; null where it is in a store. */
  readonly copyId: string | null;
  /** See scopeText. */
  readonly scope: string;
  /** Whether what the source does not have may go: not before a copy that was there has once been compared. */
  readonly mayRemove: boolean;
  /** Where to go on; null while everything has yet to be compared. The copy has everything before it. */
  readonly resumeToken: string | null;
  /** Position of the source up to which the copy has everything; for people. */
  readonly position: string;
}

const FORMAT = 1;

/**
 * Reads what is kept beside a copy; undefined where nothing is.
 *
 * @throws CommandError where it cannot be read as that
 */
export async function readMirrorState(path: string): Promise<MirrorState | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const state = parsed(text);
  if (state !== undefined) return state;
  throw new CommandError(EXIT.conflict, `${path} is not the state of a mirror that this seglog can read`, undefined, [
    "move it away: the copy is then compared as a whole",
  ]);
}

/** Writes it so that it is there as it was or as it is now, whatever happens. */
export async function writeMirrorState(path: string, state: MirrorState): Promise<void> {
  const folder = dirname(path);
  await writeWholeFile(folder, basename(path), oneLine(JSON.stringify({ format: FORMAT, ...state })));
  await flushFolder(folder);
}

async function* oneLine(line: string): AsyncGenerator<string, void, undefined> {
  yield line;
}

function parsed(text: string): MirrorState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // A state from before folders had ids is one of no folder that is known.
  const state: unknown = typeof value === "object" && value !== null ? { copyId: null, ...value } : value;
  return isState(state) ? state : undefined;
}

function isState(value: unknown): value is MirrorState {
  if (typeof value !== "object" || value === null) return false;
  const { format, sourceStoreId, targetStoreId, copyId, scope, mayRemove, resumeToken, position } = value as Record<string, unknown>; // an object has no other keys
  const isText = [sourceStoreId, scope].every((text) => typeof text === "string");
  const isPosition = typeof position === "string" && /^\d+$/.test(position);
  const isTextOrNull = [targetStoreId, copyId, resumeToken].every((text) => text === null || typeof text === "string");
  return format === FORMAT && isText && isPosition && isTextOrNull && typeof mayRemove === "boolean";
}
