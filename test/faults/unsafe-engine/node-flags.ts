/** Flags of Node that give a daemon the engine that never flushes. */
export const WITHOUT_FLUSHES: readonly string[] = ["--import", new URL("./register.js", import.meta.url).href];
