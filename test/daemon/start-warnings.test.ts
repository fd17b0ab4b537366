import { expect, test } from "vitest";
import { fileSystemWarning, nodeVersionWarning, startWarnings } from "../../src/daemon/start-warnings.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test.each([
  ["v20.19.5", true],
  ["v20.20.1", true],
  ["v18.99.99", true],
  ["v20.20.2", false],
  ["v20.21.0", false],
  ["v22.0.0", false],
])("Node %s is warned of: %j", (version, isWarned) => {
  expect(nodeVersionWarning(version) !== undefined).toBe(isWarned);
});

test.each([
  ["NFS", 0x6969, true],
  ["CIFS, as a negative number too", 0xff534d42 | 0, true],
  ["FUSE", 0x65735546, true],
  ["overlay", 0x794c7630, true],
  ["ext4", 0xef53, false],
  ["xfs", 0x58465342, false],
])("the file system %s is warned of", (_, magic, isWarned) => {
  expect(fileSystemWarning(magic) !== undefined).toBe(isWarned);
});

test("a memory file system and an old Node are told of when the daemon starts", async () => {
  const warnings = await startWarnings({ dataDir: "/dev/shm", nodeVersion: "v20.19.0" });

  expect(warnings).toEqual([
    "the store is on tmpfs, which a restart of the machine empties; its promises hold on a local ext4 or xfs",
    "Node v20.19.0 lacks fixes of its HTTP/2; wanted 20.20.2 or later",
  ]);
});

test("a folder that is not there is an error", async () => {
  await expect(startWarnings({ dataDir: `${temporaryFolder()}/none`, nodeVersion: "v20.20.2" })).rejects.toThrow("ENOENT");
});
