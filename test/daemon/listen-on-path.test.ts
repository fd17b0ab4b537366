import { existsSync, readdirSync, renameSync, statSync, watch, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Child } from "../support/child.js";
import { isRoot } from "../support/is-root.js";
import { greetingAt, listenAt, modeOf, otherServer, socketIn } from "../support/listen-at.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OTHER_ID = 12345;

describe("a socket", () => {
  test("answers, for its owner alone, in a folder for its owner alone", async () => {
    const path = join(temporaryFolder(), "run", "seglog.sock");

    const { listening } = await listenAt(path);

    expect(await greetingAt(path)).toBe("hello");
    expect(listening.address).toBe(path);
    expect([modeOf(path), modeOf(dirname(path))]).toEqual(["600", "700"]);
    expect(readdirSync(dirname(path))).toEqual(["seglog.sock"]);
  });

  test("has the mode that was asked for, whatever the umask, which is left alone", async () => {
    const path = socketIn(temporaryFolder());
    const umaskBefore = process.umask(0o027);
    onTestFinished(() => void process.umask(umaskBefore));

    await listenAt(path, { socketMode: 0o666 });

    expect(modeOf(path)).toBe("666");
    expect(process.umask()).toBe(0o027);
  });

  test("has its mode before it has its name", async () => {
    const folder = temporaryFolder();
    const events = eventsIn(folder);

    await listenAt(socketIn(folder), { socketMode: 0o660 });

    // A change of mode under the final name would be a "change" of it.
    expect(await events.until("end")).toEqual(["rename"]);
  });

  test.runIf(isRoot)("belongs to the group that was asked for, which can pass through the new folder but not list it", async () => {
    const path = join(temporaryFolder(), "run", "seglog.sock");

    const { logged } = await listenAt(path, { socketMode: 0o660, socketGroup: String(OTHER_ID) });

    expect([statSync(path).gid, statSync(dirname(path)).gid]).toEqual([OTHER_ID, OTHER_ID]);
    expect([modeOf(path), modeOf(dirname(path))]).toEqual(["660", "710"]);
    expect(logged).toEqual([]);
  });

  test("cannot belong to a group that is not there", async () => {
    const path = socketIn(temporaryFolder());

    const listening = listenAt(path, { socketGroup: "no-such-group" });

    await expect(listening).rejects.toThrow("there is no group no-such-group in /etc/group; wanted one, or its number");
  });

  test.each(["x", "é"])("may have a path of 107 bytes, written with %s, and not one more", async (letter) => {
    const folder = temporaryFolder();
    const start = join(folder, letter.repeat(20));
    const path = start + "y".repeat(107 - Buffer.byteLength(start));

    await listenAt(path);

    expect(await greetingAt(path)).toBe("hello");
    await expect(listenAt(`${path}y`)).rejects.toThrow(
      `the socket's path ${path}y has 108 bytes; the system takes 107 at most, set --socket`,
    );
  });
});

describe("among several who set up a socket in one folder", () => {
  test("exactly one gets a path that all find stale", async () => {
    const path = socketIn(temporaryFolder());
    const other = await otherServer(path);
    other.process.kill("SIGKILL");
    await other.ended();

    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => listenAt(path)));

    expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await greetingAt(path)).toBe("hello");
    expect(readdirSync(dirname(path))).toEqual(["seglog.sock"]);
  });

  test("one who holds the lock of the folder is waited for, but not for ever", async () => {
    const folder = temporaryFolder();
    const holder = new Child("flock", ["-x", folder, "sh", "-c", "echo held; exec sleep 60"]);
    expect(await holder.line()).toBe("held");

    const listening = listenAt(socketIn(folder));

    await expect(listening).rejects.toThrow(`somebody has held a lock on folder ${folder} for 3000 ms; wanted it to set the socket up`);
  });
});

describe("closing", () => {
  test("removes the socket, and leaves connections to whoever took them", async () => {
    const path = socketIn(temporaryFolder());
    const { listening } = await listenAt(path, { greet: false });
    const connection = connect(path);
    await new Promise((resolve) => listening.server.once("connection", resolve));

    await listening.close();
    await listening.close();

    expect(existsSync(path)).toBe(false);
    expect(listening.server.listening).toBe(false);
    expect(connection.destroyed).toBe(false);
    connection.destroy();
  });

  test("removes the socket where the server was closed before", async () => {
    const path = socketIn(temporaryFolder());
    const { listening } = await listenAt(path);
    listening.server.close();

    await listening.close();

    expect(existsSync(path)).toBe(false);
  });

  test("leaves what another process put in the place of the socket", async () => {
    const folder = temporaryFolder();
    const { listening } = await listenAt(socketIn(folder));
    await otherServer(join(folder, "other.sock"));
    renameSync(join(folder, "other.sock"), socketIn(folder));

    await listening.close();

    expect(await greetingAt(socketIn(folder))).toBe("other");
  });
});

/** What happens to the socket in a folder: `rename` for coming and going, `change` for the rest. */
function eventsIn(folder: string): { until(marker: string): Promise<readonly string[]> } {
  const events: string[] = [];
  const watcher = watch(folder);
  onTestFinished(() => watcher.close());
  watcher.on("change", (event, name) => name === "seglog.sock" && events.push(event));
  return {
    until: (marker) =>
      new Promise((resolve) => {
        watcher.on("change", (_, name) => name === marker && resolve(events));
        writeFileSync(join(folder, marker), "");
      }),
  };
}
