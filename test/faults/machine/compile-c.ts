import { join } from "node:path";
import { SOURCES } from "../compiled.js";
import { run } from "./run.js";

/** Compiles `native/NAME.c` into a folder, and gives the path of what was made. */
export async function compileC(name: string, folder: string, ...flags: readonly string[]): Promise<string> {
  const made = join(folder, name);
  await run("cc", "-O2", "-Wall", "-Werror", "-D_FILE_OFFSET_BITS=64", "-o", made, join(SOURCES, "native", `${name}.c`), ...flags);
  return made;
}
