import { open as openDurably, type RootDatabaseOptionsWithPath } from "lmdb";

/** What the store's engine finds in place of the library's `open`: it never flushes. */
export const open = (options: RootDatabaseOptionsWithPath) => openDurably({ ...options, noSync: true });
