import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aSegment, segmentOf } from "../support/a-segment.js";
import { type Child, nodeChild } from "../support/child.js";
import { MAIN } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { testClient } from "./daemon/test-process.js";

test("a daemon serves on the socket that was handed over, and the next one answers who called in between", async () => {
  const folder = temporaryFolder();
  const handedOver = join(folder, "activation.sock");
  const launcher = activateTwice({ folder, socket: handedOver });
  const first = await nextPid(launcher);
  const client = testClient(handedOver);
  const { segmentId } = await aSegment(client, { entries: 3 });
  expect(existsSync(join(folder, "own.sock"))).toBe(false);

  process.kill(first, "SIGTERM");
  const second = await nextPid(launcher);
  const called = segmentOf(testClient(handedOver), segmentId); // it may not listen yet; the kernel lets us wait

  expect(await called).toMatchObject({ segmentId, entryCount: 3n });
  process.kill(second, "SIGTERM");
  expect(await launcher.line()).toBe("ended with 0 and 0");
  expect(lstatSync(handedOver).isSocket()).toBe(true);
  expect(launcher.stderr).toContain(`"address":"${handedOver}"`);
});

/** Listens as systemd does, without taking connections, and starts one daemon after another on that socket. */
function activateTwice({ folder, socket }: { readonly folder: string; readonly socket: string }): Child {
  const args = [MAIN, "serve", "--quiet", "--data", join(folder, "data"), "--socket", join(folder, "own.sock")];
  return nodeChild(`
    import { spawnSync } from "node:child_process";
    import { chmodSync } from "node:fs";
    import { createServer } from "node:net";
    const server = createServer();
    server.listen(${JSON.stringify(socket)}, () => {
      chmodSync(${JSON.stringify(socket)}, 0o600);
      const start = 'echo $$; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"';
      const stdio = ["ignore", "inherit", "inherit", server._handle.fd];
      const ends = [1, 2].map(() => spawnSync("/bin/sh", ["-c", start, process.execPath, ...${JSON.stringify(args)}], { stdio }).status);
      console.log("ended with " + ends.join(" and "));
      process.exit();
    });`);
}

async function nextPid(launcher: Child): Promise<number> {
  const pid = Number(await launcher.line());
  expect(pid, launcher.stderr).toBeGreaterThan(0);
  onTestFinished(() => {
    if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
  });
  return pid;
}
