import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import { DATA_FILE } from "../../../src/store/lmdb/engine.js";
import type { LmdbSegmentStore } from "../../../src/store/lmdb/lmdb-segment-store.js";
import { type LmdbStoreOptions, openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { DEEP } from "../../../src/store/lmdb/verify/scope.js";
import { verifyStore } from "../../../src/store/lmdb/verify/verify-store.js";
import type { StoreOptions, StoreUnderTest } from "../contract/store-under-test.js";

/** What a store of these tests is called. */
export const STORE_ID = "01JD00000000000000000000ZZ";

/**
 * Makes a store in a folder of its own, under SEGLOG_TEST_TMP where that is set: laws that restart
 * thousands of stores are faster on a file system in memory.
 */
export async function makeLmdbStore(
  options: StoreOptions = {},
): Promise<StoreUnderTest & { readonly dir: string; close(): Promise<void> }> {
  const { limits, roomBytes, ...same } = options;
  const dir = mkdtempSync(join(process.env["SEGLOG_TEST_TMP"] ?? tmpdir(), "seglog-"));
  const lmdbOptions: LmdbStoreOptions = {
    ...same,
    // A test's clock runs; it is not set.
    ...(same.nowMs !== undefined && { monotonicMs: same.nowMs }),
    dir,
    newId: () => STORE_ID,
    limits: { ...DEFAULT_LIMITS, ...limits },
    ...(roomBytes !== undefined && { mapBytes: roomBytes }),
  };
  let store = await openLmdbStore(lmdbOptions);
  return {
    dir,
    get store() {
      return store;
    },
    reopen: async () => {
      await closeWhole(store, dir);
      store = await openLmdbStore(lmdbOptions);
      return store;
    },
    close: async () => {
      await closeWhole(store, dir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Closes a store, and sees that it proves whole: whatever was done with it, and left undone. */
async function closeWhole(store: LmdbSegmentStore, dir: string): Promise<void> {
  await store.close();
  if (!existsSync(join(dir, DATA_FILE))) return; // a test took it away
  const { checks } = verifyStore(dir, { ...DEEP, replays: false }); // entries of these tests need not be of the contract
  const findings = checks.flatMap((check) => check.findings);
  if (findings.length > 0) throw new Error(`the store does not prove whole: ${JSON.stringify(findings.slice(0, 5))}`);
}

/** A store that is closed, with its folder gone, when the test is over. */
export async function openedForTest(options: StoreOptions = {}): Promise<StoreUnderTest & { readonly dir: string }> {
  const opened = await makeLmdbStore(options);
  onTestFinished(() => opened.close());
  return opened;
}
