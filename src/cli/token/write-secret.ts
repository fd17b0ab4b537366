import { open, rm } from "node:fs/promises";
import { errorCode } from "../../store/error-code.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

/** A file that waits for its secret. */
export interface SecretFile {
  /** Writes it, with a line end. */
  finish(secret: string): Promise<void>;
  /** Removes the file again. */
  abandon(): Promise<void>;
}

/**
 * Makes a new file for a secret, for its owner alone.
 *
 * @throws CommandError where something is there already, or it cannot be made
 */
export async function writeSecret(path: string): Promise<SecretFile> {
  const file = await open(path, "wx", 0o600).catch((error: unknown) => {
    const why = errorCode(error) === "EEXIST" ? "is there already; wanted a new file" : `cannot be made: ${errorCode(error)}`;
    throw new CommandError(EXIT.failed, `file ${path} ${why}`, error);
  });
  return {
    async finish(secret) {
      await file.writeFile(`${secret}\n`);
      await file.sync();
      await file.close();
    },
    async abandon() {
      await file.close().catch(() => {}); // it may be closed already
      await rm(path, { force: true });
    },
  };
}
