import { constants, mkdir, open } from "node:fs/promises";
import { errorCode } from "../../store/error-code.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Makes a folder for what is exported, with mode 0700, where it is not there.
 *
 * @throws CommandError where something else stands there, such as a symbolic link, which would lead out of the export
 */
export async function makeOwnFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    const folder = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((cause: unknown) => {
      throw new CommandError(
        EXIT.failed,
        `${path} is no folder of its own (${errorCode(cause)}); wanted one to export into, or nothing there`,
        cause,
      );
    });
    await folder.close();
  }
}
