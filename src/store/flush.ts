import { constants, open } from "node:fs/promises";

const { O_RDONLY, O_DIRECTORY } = constants;

/** Makes durable what was written to a file, by whichever process. */
export function flushFile(path: string): Promise<void> {
  return flush(path, O_RDONLY);
}

/** Makes durable what was made, renamed or removed in a folder. */
export function flushFolder(path: string): Promise<void> {
  return flush(path, O_RDONLY | O_DIRECTORY);
}

async function flush(path: string, flags: number): Promise<void> {
  const opened = await open(path, flags);
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
