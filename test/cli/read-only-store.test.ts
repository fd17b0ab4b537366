import { execFile } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CliDaemon, MAIN, serveForCli } from "../support/cli.js";
import { isRoot } from "../support/is-root.js";

/** Sees a folder through a mount that is read-only, of which nobody else knows. */
const READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';

test.runIf(isRoot)(
  "a store on a file system that is read-only is verified and saved, with the lock of its owner and without one",
  async () => {
    const daemon = await serveForCli();
    const data = join(daemon.folder, "data");
    await daemon.print(["create"]);
    const commands = [["verify", "--data", data], ["verify", "--deep", "--data", data], exportInto(daemon)];

    const whileServed = await readOnly(data, ["verify", "--data", data]);
    daemon.child.process.kill("SIGTERM");
    await daemon.child.ended();
    const locked = [];
    for (const command of commands) locked.push(await readOnly(data, command));
    rmSync(join(data, "LOCK"));
    const unlocked = await readOnly(data, commands[0] ?? []);
    const started = await readOnly(data, ["serve", "--data", data, "--socket", daemon.socket]);

    expect(whileServed).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("is in use by pid") });
    expect(locked.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(3).fill([0, ""]));
    expect(readdirSync(join(daemon.folder, "out"), { recursive: true }).join(" ")).toMatch(/[0-9a-f-]{36}\.jsonl/);
    expect(unlocked.exitCode).toBe(0);
    expect(started).toMatchObject({ exitCode: 77, stderr: expect.stringContaining("read-only; wanted one to write to") });
  },
);

function exportInto({ folder }: CliDaemon): readonly string[] {
  return ["export", "--from-store", join(folder, "data"), "--out", join(folder, "out")];
}

function readOnly(data: string, command: readonly string[]): Promise<{ readonly exitCode: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile("unshare", ["-m", "sh", "-c", READ_ONLY, data, process.execPath, MAIN, ...command], (error, _, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stderr }),
    );
  });
}
