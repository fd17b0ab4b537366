import type { ResolveHook } from "node:module";

const REPLACEMENT = new URL("./open-without-flushes.js", import.meta.url).href;

/** Gives the store's engine another `lmdb`, and that one the real one. */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === "lmdb" && context.parentURL !== REPLACEMENT ? { url: REPLACEMENT, shortCircuit: true } : nextResolve(specifier, context);
