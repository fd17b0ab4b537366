import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DataFile } from "../../../src/store/lmdb/data-file.js";
import { DATA_FILE } from "../../../src/store/lmdb/engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { said, segment } from "../contract/sample-entries.js";
import { append, aSegment } from "../contract/writes.js";
import { openedForTest } from "./lmdb-stores.js";

test.each<[string, (file: string) => void, string]>([
  ["removed", (file) => renameSync(file, join(temporaryFolder(), DATA_FILE)), "was removed"],
  ["replaced by a copy", (file) => replace(file), "was replaced"],
])("a store whose file was %s fails at its next write, and acknowledges nothing more", async (_, change, told) => {
  const { store, dir } = await openedForTest();
  await aSegment(store);
  let answers = 0;
  const settle = () => answers++;

  change(join(dir, DATA_FILE));
  void append(store, segment(100), [said("to nowhere")]).then(settle, settle);
  const failure = await store.failure;

  expect(failure.cause).toMatchObject({ message: expect.stringContaining(told) });
  expect(answers).toBe(0);
});

// Whoever reads where a database was cut off is ended by the system (SIGBUS); that is tried in processes of their own.
test("a file that grew is the same, and one that was cut short is not", () => {
  const path = join(temporaryFolder(), DATA_FILE);
  writeFileSync(path, Buffer.alloc(8192));
  const file = new DataFile(path);

  truncateSync(path, 16_384);
  file.check();
  truncateSync(path, 12_288);

  expect(() => file.check()).toThrow(`${path} was cut from 16384 to 12288 bytes while it was in use`);
});

function replace(file: string): void {
  copyFileSync(file, `${file}.copy`);
  rmSync(file);
  renameSync(`${file}.copy`, file);
}
