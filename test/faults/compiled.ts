import { fileURLToPath } from "node:url";

/** The command line as the build made it. */
export const MAIN = fileURLToPath(new URL("../../bin/seglog.js", import.meta.url));

/** The folder of the sources of these proofs, from where the build puts the compiled ones: C is compiled as it is needed. */
export const SOURCES = fileURLToPath(new URL("../../../test/faults/", import.meta.url));
