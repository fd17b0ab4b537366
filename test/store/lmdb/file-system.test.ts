import { expect, test } from "vitest";
import { checkFileSystem, unsafeFileSystem } from "../../../src/store/lmdb/file-system.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

test.each([
  ["NFS", 0x6969, "nfs"],
  ["CIFS", 0xff534d42, "smb"],
  ["SMB2, as a negative number too", 0xfe534d42 | 0, "smb"],
  ["9P", 0x01021997, "9p"],
  ["FUSE and virtiofs", 0x65735546, "fuse"],
  ["overlay", 0x794c7630, undefined],
  ["tmpfs", 0x01021994, undefined],
  ["ext4", 0xef53, undefined],
  ["xfs", 0x58465342, undefined],
])("%s is unsafe for a store or not", (_, magic, name) => {
  expect(unsafeFileSystem(magic)).toBe(name);
});

test("a folder that is still to be made is judged by the nearest one above it, and stays to be made", () => {
  expect(() => checkFileSystem(`${temporaryFolder()}/a/b/c`, undefined)).not.toThrow();
});
