import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLmdbStore } from "../../src/store/lmdb/open-lmdb-store.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const STORE_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const OTHER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAW";

/** Where a store may not be, or is not: how it comes to be so, the exit code, and what is said of the folder. */
const REFUSED: readonly (readonly [string, (data: string) => unknown, number, string])[] = [
  ["lies where all may replace it", inOpenFolder, 77, "lies in $ABOVE of mode 0777, where all may replace it; wanted 0755 or 1777 there"],
  ["others may write to", (data) => chmodSync(data, 0o775), 77, "has mode 0775, so that others may write to it; wanted 0700"],
  ["is a symbolic link", (data) => linked(data), 77, "is a symbolic link to real; wanted a folder itself, name that one"],
  [
    "has a database that is a symbolic link",
    (data) => linked(join(data, "data.mdb")),
    77,
    "has a data.mdb that is no plain file; wanted one or none",
  ],
  [
    "has a database that others may write to",
    (data) => chmodSync(join(data, "data.mdb"), 0o666),
    77,
    "has a data.mdb of mode 0666, so that others may write to it; wanted 0600",
  ],
  [
    "has a marker that is a symbolic link",
    (data) => linked(join(data, "STORE")),
    77,
    "has a STORE that is no plain file; wanted one or none",
  ],
  [
    "has lost its database",
    (data) => rmSync(join(data, "data.mdb")),
    72,
    "has lost its data.mdb; put the store back, or begin anew in another folder",
  ],
  [
    "has an empty database",
    (data) => truncateSync(join(data, "data.mdb")),
    72,
    "has a data.mdb that was emptied; put the store back, or begin anew in another folder",
  ],
  [
    "has another store's database",
    (data) => writeFileSync(join(data, "STORE"), `seglog store ${OTHER_ID}\n`),
    72,
    `holds store ${STORE_ID}; wanted ${OTHER_ID}, which was made in it; put the store back, or remove STORE to go on with the one that is there`,
  ],
];

test.each(REFUSED)(
  "serve refuses a folder that %s with its exit code and one line, and changes nothing",
  async (_, make, exitCode, line) => {
    const data = await aStoreFolder();
    await make(data);
    const before = listing(join(data, ".."));

    const refused = await runCli(["serve", "--data", data, "--socket", join(data, "..", "run", "seglog.sock")]);

    expect(refused).toEqual({ exitCode, stdout: "", stderr: `seglog: folder ${data} ${line.replace("$ABOVE", join(data, ".."))}\n` });
    expect(listing(join(data, ".."))).toEqual(before);
  },
);

test("a socket's folder that others may write to is refused with 77, and stays empty", async () => {
  const run = join(temporaryFolder(), "run");
  mkdirSync(run);
  chmodSync(run, 0o777);

  const refused = await runCli(["serve", "--data", await aStoreFolder(), "--socket", join(run, "seglog.sock")]);

  const stderr = `seglog: folder ${run} has mode 0777, so that others may replace the socket; wanted 0700\n`;
  expect(refused).toEqual({ exitCode: 77, stdout: "", stderr });
  expect(readdirSync(run)).toEqual([]);
});

test("a file system that is not known is refused as a value", async () => {
  const refused = await runCli(["serve", "--unsafe-allow-fs", "ext4"]);

  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("wanted one of nfs, smb, 9p, fuse, ceph, afs, vboxsf") });
});

/** The folder of a store that is closed, in one of its own. */
async function aStoreFolder(): Promise<string> {
  const dir = join(temporaryFolder(), "data");
  const store = await openLmdbStore({ dir, newId: () => STORE_ID, mapBytes: 2 ** 30 });
  onTestFinished(() => store.close());
  await store.close();
  return dir;
}

function inOpenFolder(data: string): void {
  chmodSync(join(data, ".."), 0o777);
}

function linked(path: string): void {
  renameSync(path, join(path, "..", "real"));
  symlinkSync("real", path);
}

/** Each file and folder, with its mode and what it says. LOCK says who came last, lock.mdb who reads. */
function listing(folder: string, beneath = ""): readonly string[] {
  return readdirSync(join(folder, beneath), { withFileTypes: true }).flatMap((each) => {
    const path = join(beneath, each.name);
    if (each.name === "LOCK" || each.name === "lock.mdb") return [];
    const { mode } = lstatSync(join(folder, path));
    if (each.isDirectory()) return [`${path} ${mode}`, ...listing(folder, path)];
    return [`${path} ${mode} ${each.isFile() ? readFileSync(join(folder, path)).toString("base64") : ""}`];
  });
}
