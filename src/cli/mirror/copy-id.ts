import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { flushFolder } from "../../store/flush.js";
import { writeWholeFile } from "../export/whole-file.js";
import { openOwnFile } from "./own-file.js";

/** Name of the file that says which copy a folder is. */
const ID_FILE = ".seglog-mirror.id";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id of the copy that a folder is; undefined where it is none yet. A state that is kept elsewhere may be of another
 * folder, or of one that stood here before.
 */
export async function readCopyId(folder: string): Promise<string | undefined> {
  const file = await openOwnFile(join(folder, ID_FILE), "only if there");
  if (file === undefined) return undefined;
  try {
    const text = (await file.readFile("utf8")).trim();
    return ID.test(text) ? text : undefined;
  } finally {
    await file.close();
  }
}

/** readCopyId, where a folder without an id is given one, durably. */
export async function copyIdOf(folder: string): Promise<string> {
  const there = await readCopyId(folder);
  if (there !== undefined) return there;
  const id = randomUUID();
  await writeWholeFile(folder, ID_FILE, oneLine(id));
  await flushFolder(folder);
  return id;
}

async function* oneLine(line: string): AsyncGenerator<string, void, undefined> {
  yield line;
}
