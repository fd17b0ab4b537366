import { mkdir, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { flushFolder } from "../../store/flush.js";

/** Makes the folder of a copy, with mode 0700 and durably, where it is not there; gives its path without symbolic links. */
export async function makeCopyFolder(path: string): Promise<string> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade !== undefined) {
    for (let made = path; made.length >= firstMade.length; made = dirname(made)) await flushFolder(dirname(made));
  }
  return realpath(path);
}
