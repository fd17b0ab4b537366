import { chownSync, existsSync, lstatSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isRoot } from "../support/is-root.js";
import { greetingAt, listenAt, otherServer, socketIn } from "../support/listen-at.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OTHER_ID = 12345;

describe("what stands at the path", () => {
  test("is replaced where a killed process left it", async () => {
    const path = socketIn(temporaryFolder());
    const other = await otherServer(path);
    other.process.kill("SIGKILL");
    await other.ended();
    expect(existsSync(path)).toBe(true);

    await listenAt(path);

    expect(await greetingAt(path)).toBe("hello");
  });

  test("is left alone where another process answers on it", async () => {
    const path = socketIn(temporaryFolder());
    await otherServer(path);

    const listening = listenAt(path);

    await expect(listening).rejects.toMatchObject({
      name: "SocketInUseError",
      message: `somebody listens on ${path} already; wanted a socket of our own, set --socket or stop the other one`,
    });
    expect(await greetingAt(path)).toBe("other");
  });

  test("is left alone where it is no socket", async () => {
    const path = socketIn(temporaryFolder());
    writeFileSync(path, "precious");

    const listening = listenAt(path);

    await expect(listening).rejects.toThrow(`${path} is there and no socket; wanted a socket or nothing, remove it or set --socket`);
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test("is left alone where it is a symbolic link, even to a socket", async () => {
    const folder = temporaryFolder();
    await listenAt(join(folder, "other.sock"));
    symlinkSync("other.sock", socketIn(folder));

    const listening = listenAt(socketIn(folder));

    await expect(listening).rejects.toThrow("is there and no socket");
  });

  test.runIf(isRoot)("is left alone where it is the socket of another user", async () => {
    const path = socketIn(temporaryFolder());
    const other = await otherServer(path);
    other.process.kill("SIGKILL");
    await other.ended();
    chownSync(path, OTHER_ID, OTHER_ID);

    const listening = listenAt(path);

    await expect(listening).rejects.toThrow(`the socket ${path} belongs to user 12345; wanted user 0, who runs this`);
    expect(existsSync(path)).toBe(true);
  });
});
