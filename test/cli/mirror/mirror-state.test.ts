import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMirrorState, writeMirrorState } from "../../../src/cli/mirror/mirror-state.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const STATE = {
  sourceStoreId: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  targetStoreId: null,
  copyId: null,
  scope: "store",
  mayRemove: true,
  resumeToken: "token",
  position: "7",
};

test("what is kept is read again, is private, and leaves nothing temporary", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "state.json");

  const before = await readMirrorState(path);
  await writeMirrorState(path, { ...STATE, position: "6" });
  await writeMirrorState(path, STATE);

  expect(before).toBeUndefined();
  expect(await readMirrorState(path)).toMatchObject(STATE);
  expect(readdirSync(folder)).toEqual(["state.json"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  "",
  "{",
  "null",
  "{}",
  JSON.stringify({ ...STATE, format: 2 }),
  JSON.stringify({ ...STATE, format: 1, position: 7 }),
  JSON.stringify({ ...STATE, format: 1, position: "seven" }),
])("%j is not taken for a state", async (text) => {
  const path = join(temporaryFolder(), "state.json");
  writeFileSync(path, text);

  await expect(readMirrorState(path)).rejects.toThrow(/is not the state of a mirror/);
});
