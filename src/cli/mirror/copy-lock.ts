import { constants, open } from "node:fs/promises";
import { lockFile } from "../../store/file-lock.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;

/** A copy that nobody else mirrors into. */
export interface CopyLock {
  release(): Promise<void>;
}

/**
 * Keeps other mirrors away from a copy, by a file beside its state; for as long as the process lives, however it ends.
 *
 * @throws CommandError where another one has it
 */
export async function lockCopy(statePath: string): Promise<CopyLock> {
  const path = `${statePath}.lock`;
  const file = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    if (await lockFile(file.fd)) return { release: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  throw new CommandError(EXIT.conflict, `another mirror keeps this copy; ${path} is locked`, undefined, [
    "end that one first, or choose another place",
  ]);
}
