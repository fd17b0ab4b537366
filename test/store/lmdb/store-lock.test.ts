import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { lockStore, type StoreLock, StoreLockedError } from "../../../src/store/lmdb/store-lock.js";
import { built } from "../../support/built.js";
import { Child, nodeChild } from "../../support/child.js";
import { isRoot } from "../../support/is-root.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

describe("a store has one owner", () => {
  test("in one process", async () => {
    const folder = temporaryFolder();
    await lock(folder);

    const second = lockStore(folder);

    await expect(second).rejects.toThrow(StoreLockedError);
    await expect(second).rejects.toThrow(
      new RegExp(
        `^the store in ${folder} is in use by pid ${process.pid} since 20[-\\d]+T[:.\\d]+Z; wanted one that nobody else has open$`,
      ),
    );
  });

  test("in two processes, of which the second is told the first", async () => {
    const folder = temporaryFolder();
    const owner = nodeChild(holding(folder));
    expect(await owner.line()).toBe("locked");

    const second = lockStore(folder);

    await expect(second).rejects.toMatchObject({
      name: "StoreLockedError",
      folder,
      owner: expect.stringContaining(`pid ${owner.process.pid} `),
    });
  });

  test("however many start at once", async () => {
    const folder = temporaryFolder();

    const starts = await Promise.allSettled(Array.from({ length: 12 }, () => lock(folder)));

    expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("until it is killed", async () => {
    const folder = temporaryFolder();
    const owner = nodeChild(holding(folder));
    await owner.line();
    owner.process.kill("SIGKILL");
    await owner.ended();

    await lock(folder);

    expect(readFileSync(join(folder, "LOCK"), "utf8")).toMatch(new RegExp(`^pid ${process.pid} since .*\n$`));
  });

  test("until it gives the store up, which leaves the file", async () => {
    const folder = temporaryFolder();
    const first = await lock(folder);
    first.release();
    first.release();

    await lock(folder);

    expect(statSync(join(folder, "LOCK")).mode & 0o777).toBe(0o600);
  });

  test("though it has children that live on", async () => {
    const folder = temporaryFolder();
    const owner = nodeChild(`${holding(folder)}
      import { spawn } from "node:child_process";
      console.log(spawn("sleep", ["60"], { stdio: "ignore", detached: true }).pid);`);
    await owner.line();
    const grandchild = Number(await owner.line());
    onTestFinished(() => void process.kill(grandchild));
    owner.process.kill("SIGKILL");
    await owner.ended();

    const next = lock(folder);

    await expect(next).resolves.toBeDefined();
  });
});

describe("the lock says what is wrong", () => {
  test("where flock is not installed", async () => {
    const folder = temporaryFolder();
    const child = nodeChild(holding(folder), { env: { PATH: folder } });

    const exitCode = await child.ended();

    expect(exitCode).toBe(1);
    expect(child.stderr).toContain("LockToolError: the program flock was not found in PATH; install util-linux, which has it");
  });

  test("where flock fails otherwise", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "flock"), "#!/bin/sh\necho no locks here >&2; exit 71\n", { mode: 0o755 });
    const child = nodeChild(holding(join(folder, "data")), { env: { PATH: folder } });

    await child.ended();

    expect(child.stderr).toContain("LockToolError: flock ended with 71: no locks here; wanted a file system with locks");
  });

  test("where LOCK is a symbolic link, which is not followed", async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, "elsewhere"), join(folder, "LOCK"));

    await expect(lock(folder)).rejects.toThrow(`folder ${folder} has a LOCK that cannot be opened: ELOOP; wanted a plain file or none`);
  });

  test("where LOCK is no file", async () => {
    const folder = temporaryFolder();
    await new Child("mkfifo", [join(folder, "LOCK")]).ended();

    await expect(lock(folder)).rejects.toThrow(`folder ${folder} has a LOCK that is no plain file; wanted one or none`);
  });

  test("where LOCK is replaced while it is taken", async () => {
    const folder = temporaryFolder();
    const started = lock(folder); // the file is open and the child on its way
    renameSync(join(folder, "LOCK"), join(folder, "LOCK.old"));

    await expect(started).rejects.toThrow(`folder ${folder} had its LOCK replaced while it was taken; wanted it left alone`);
  });

  test("but what stands in LOCK is not repeated unless it is a daemon's own line", async () => {
    const folder = temporaryFolder();
    await lock(folder);
    writeFileSync(join(folder, "LOCK"), "\u001b[2J hello");

    await expect(lockStore(folder)).rejects.toThrow(`the store in ${folder} is in use; wanted one that nobody else has open`);
  });
});

describe("the folder of a store", () => {
  test("is created, with those above it, for its owner alone", async () => {
    const folder = join(temporaryFolder(), "a", "b");

    await lock(folder);

    expect([folder, join(folder, "..")].map((path) => statSync(path).mode & 0o7777)).toEqual([0o700, 0o700]);
  });

  test("may be read by others, and is left as it is", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);

    await lock(folder);

    expect(statSync(folder).mode & 0o7777).toBe(0o755);
  });

  test.each(["0770", "0702", "1777"])("is refused where others may write to it (mode %s)", async (mode) => {
    const folder = temporaryFolder();
    chmodSync(folder, mode);

    await expect(lock(folder)).rejects.toThrow(`folder ${folder} has mode ${mode}, so that others may write to it; wanted 0700`);
  });

  test.each(["", "/"])("is refused where it is a symbolic link (written with %j behind it)", async (end) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "real"));
    symlinkSync("real", join(folder, "link"));

    await expect(lock(`${folder}/link${end}`)).rejects.toThrow(
      `folder ${folder}/link is a symbolic link to real; wanted a folder itself, name that one`,
    );
  });

  test("is refused where it is a file", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "");

    await expect(lock(path)).rejects.toThrow(`folder ${path} can be neither found nor created: EEXIST`);
  });

  test.runIf(isRoot)("is refused where it belongs to another user", async () => {
    const folder = temporaryFolder();
    chownSync(folder, 12345, 12345);

    await expect(lock(folder)).rejects.toThrow(`folder ${folder} belongs to user 12345; wanted user 0, who runs this`);
    rmSync(folder, { recursive: true });
  });
});

async function lock(folder: string): Promise<StoreLock> {
  const held = await lockStore(folder);
  onTestFinished(() => held.release());
  return held;
}

/** A module that owns the store in a folder until it is ended. */
function holding(folder: string): string {
  return `
    import { lockStore } from ${JSON.stringify(built("store/lmdb/store-lock.ts"))};
    await lockStore(${JSON.stringify(folder)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
}
