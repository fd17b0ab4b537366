import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Child } from "../support/child.js";
import { isRoot } from "../support/is-root.js";
import { greetingAt, listenAt, modeOf, socketIn } from "../support/listen-at.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OTHER_ID = 12345;

describe("the folder of a socket", () => {
  test.each(["0720", "0702"])("is refused where others may replace what is in it (mode %s)", async (mode) => {
    const folder = temporaryFolder();
    chmodSync(folder, mode);

    const listening = listenAt(socketIn(folder));

    await expect(listening).rejects.toThrow(`folder ${folder} has mode ${mode}, so that others may replace the socket; wanted 0700`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("may be open to all where it is sticky, as /tmp is, and is left as it is", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o1777);

    await listenAt(socketIn(folder));

    expect(modeOf(folder)).toBe("1777");
    expect(modeOf(socketIn(folder))).toBe("600");
  });

  test("may be named by a symbolic link of ours", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "real"), { mode: 0o700 });
    symlinkSync("real", join(folder, "link"));

    await listenAt(join(folder, "link", "seglog.sock"));

    expect(await greetingAt(join(folder, "real", "seglog.sock"))).toBe("hello");
  });

  test.runIf(isRoot)("is refused where it, or the symbolic link to it, belongs to another user", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "theirs"), { mode: 0o700 });
    chownSync(join(folder, "theirs"), OTHER_ID, OTHER_ID);
    symlinkSync(".", join(folder, "link"));
    await new Child("chown", ["-h", String(OTHER_ID), join(folder, "link")]).ended();

    for (const name of ["theirs", "link"]) {
      await expect(listenAt(socketIn(join(folder, name)))).rejects.toThrow(
        `folder ${join(folder, name)} belongs to user 12345, who may replace the socket; wanted user 0, who runs this, or root`,
      );
    }
  });

  test("is refused where it is a file", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "");

    await expect(listenAt(join(path, "seglog.sock"))).rejects.toThrow(`folder ${path} is no folder; wanted one to keep the socket in`);
  });

  test("that was there and lets nobody through is told of where the socket's mode lets others in", async () => {
    const folder = temporaryFolder();

    const { logged } = await listenAt(socketIn(folder), { socketMode: 0o660 });

    expect(logged).toEqual([expect.stringContaining("the folder of the socket lets those not through whom the socket's mode lets in")]);
    expect(modeOf(folder)).toBe("700");
  });
});
