import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { built } from "../support/built.js";
import { type Child, nodeChild } from "../support/child.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("a socket that was handed over is listened on, and stays when the daemon closes", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "systemd.sock");
  const daemon = await handOver({ folder, listen: path, mode: 0o600 });

  const ready = await daemon.line();
  const greeting = await text(connect(path));
  daemon.process.stdin?.end();
  await daemon.ended();

  expect(JSON.parse(ready ?? "")).toEqual({ address: path, environment: [], isInChild: false });
  expect(greeting).toBe("hello");
  expect(daemon.stderr).toBe("");
  expect(existsSync(path)).toBe(true);
  expect(existsSync(join(folder, "own.sock"))).toBe(false);
});

test("a socket that is open to more than was asked for is told of", async () => {
  const folder = temporaryFolder();
  const daemon = await handOver({ folder, listen: join(folder, "systemd.sock"), mode: 0o666 });

  await daemon.line();
  daemon.process.stdin?.end();
  await daemon.ended();

  expect(daemon.stderr).toContain("the inherited socket is open to more than socket-mode says; set SocketMode= in its unit");
  expect(daemon.stderr).toContain("mode=0666 wanted_mode=0600");
});

test("what was handed to another process is passed over", async () => {
  const folder = temporaryFolder();
  const daemon = await handOver({ folder, listen: join(folder, "systemd.sock"), pid: "1" });

  const ready = await daemon.line();

  expect(JSON.parse(ready ?? "")).toMatchObject({ address: join(folder, "own.sock"), environment: [] });
  expect(await text(connect(join(folder, "own.sock")))).toBe("hello");
});

test.each([
  ["is a TCP socket", "is a TCP socket; wanted a listening stream socket of the file system", { listen: 0 }],
  ["is an abstract socket", "has no path, and so no permissions; wanted", { listen: "\0seglog-test" }],
  ["is a socket that does not listen", "does not listen; wanted", { fd: "pipe" }],
  ["is no socket", "is no socket; wanted", { fd: "ignore" }],
])("what was handed over is refused where it %s", async (_, message, given) => {
  const daemon = await handOver({ folder: temporaryFolder(), ...given });

  const refusal = await daemon.line();

  expect(refusal).toContain(`SocketPathError: descriptor 3, which was handed over (LISTEN_FDS), ${message}`);
});

test("more than one socket is refused", async () => {
  const daemon = await handOver({ folder: temporaryFolder(), fd: "ignore", count: "2" });

  const refusal = await daemon.line();

  expect(refusal).toContain("SocketPathError: 2 sockets were handed over (LISTEN_FDS); wanted one");
});

interface HandOver {
  readonly folder: string;
  /** What the launcher listens on, to hand it over as descriptor 3; a number is a port. */
  readonly listen?: string | number;
  readonly mode?: number;
  /** Something else to hand over as descriptor 3. */
  readonly fd?: string;
  readonly pid?: string;
  readonly count?: string;
}

/**
 * Starts a process with descriptor 3 as systemd would. The launcher waits without taking connections,
 * because Node does not run while it waits for the shell.
 */
async function handOver({ folder, listen, mode, fd, pid = "$$", count = "1" }: HandOver): Promise<Child> {
  const start = `export LISTEN_PID=${pid} LISTEN_FDS=${count} LISTEN_FDNAMES=x; exec "$0" --input-type=module -e "$1"`;
  const launcher = nodeChild(
    `
    import { spawnSync } from "node:child_process";
    import { chmodSync } from "node:fs";
    import { createServer } from "node:net";
    const start = (fd) => spawnSync("/bin/sh", ["-c", ${JSON.stringify(start)}, process.execPath, ${JSON.stringify(daemon(folder))}], {
      stdio: ["inherit", "inherit", "inherit", fd],
    });
    const [listen, mode, fd] = ${JSON.stringify([listen ?? null, mode ?? null, fd ?? null])};
    if (listen === null) start(fd);
    else {
      const server = createServer();
      server.listen(listen, () => {
        if (mode !== null) chmodSync(listen, mode);
        start(server._handle.fd);
        process.exit();
      });
    }`,
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  onTestFinished(() => void launcher.process.stdin?.end());
  return launcher;
}

/** A module that listens, says where, and ends with its standard input. */
function daemon(folder: string): string {
  return `
    import { spawnSync } from "node:child_process";
    import { createServer } from "node:net";
    import { listen } from ${JSON.stringify(built("daemon/listen.ts"))};
    import { createStreamLogger } from ${JSON.stringify(built("daemon/log.ts"))};
    const server = createServer((socket) => socket.end("hello"));
    const log = createStreamLogger({ format: "text", level: "info", stream: process.stderr });
    try {
      const socketPath = ${JSON.stringify(join(folder, "own.sock"))};
      const listening = await listen({ server, socketPath, socketMode: 0o600, socketGroup: undefined, log }, process.env);
      const environment = Object.keys(process.env).filter((name) => name.startsWith("LISTEN_"));
      const isInChild = spawnSync("/bin/sh", ["-c", "test -S /proc/$$/fd/3"]).status === 0;
      console.log(JSON.stringify({ address: listening.address, environment, isInChild }));
      process.stdin.on("end", () => listening.close()).resume();
    } catch (error) {
      console.log(String(error));
      process.exit(1);
    }`;
}
