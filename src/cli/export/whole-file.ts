import { randomBytes } from "node:crypto";
import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const BUFFER_CHARS = 256 * 1024;

/**
 * Writes lines to a file that is there whole or not at all: under a temporary name first, flushed, then
 * renamed. What stood under the name is replaced; where that is a symbolic link, the link itself.
 *
 * @param folder must be no symbolic link; see openFolder
 */
export async function writeWholeFile(folder: string, name: string, lines: AsyncIterable<string>): Promise<void> {
  const temporaryPath = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      await writeLines(file, lines);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, join(folder, name));
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

async function writeLines(file: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  let pending: string[] = [];
  let pendingChars = 0;
  const flush = async () => {
    await file.appendFile(pending.join(""), "utf8");
    pending = [];
    pendingChars = 0;
  };
  for await (const line of lines) {
    pending.push(line, "\n");
    pendingChars += line.length + 1;
    if (pendingChars >= BUFFER_CHARS) await flush();
  }
  await flush();
}
