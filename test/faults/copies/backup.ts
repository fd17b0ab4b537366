import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { MAIN } from "../compiled.js";
import { mustRun } from "../machine/command.js";
import { checkKept, type KeptSegment, keepOneMore, keepSegment } from "./kept-segment.js";
import { makeBackup } from "./make-backup.js";
import { checkServed } from "./served-copy.js";
import type { Victim } from "./victim.js";

/** A daemon that makes a backup: all of it dies, or the process alone whose turn it is. */
export function backup(): Victim {
  let source: string;
  let kept: KeptSegment;
  return {
    name: "backup",
    victims: ["all", "one"],
    async prepare(folder) {
      source = folder;
      const daemon = await DaemonProcess.start({ main: MAIN, folder });
      kept = await keepSegment(socketOf({ folder }));
      await daemon.end("SIGTERM");
    },
    async kill(folder, killer, at, victims) {
      const backups = join(folder, "backups");
      const file = join(backups, "backup");
      await mkdir(backups);
      await cp(join(source, "data"), join(folder, "data"), { recursive: true });
      let daemon = await DaemonProcess.start({ main: MAIN, folder, env: killer.env(backups, at, victims) });
      const socket = socketOf({ folder });
      const outcome = await makeBackup(socket, file).catch((error: unknown) => error);
      const isDead = outcome instanceof SegmentClientError && outcome.codeName === "UNAVAILABLE" && outcome.reason === undefined;
      // Where a process that it started was killed alone, the daemon goes on.
      const more = isDead ? kept : await keepOneMore(socket, kept);
      await daemon.end("SIGTERM");
      daemon = await DaemonProcess.start({ main: MAIN, folder });
      try {
        assert(existsSync(file) || outcome instanceof SegmentClientError, "a backup that was answered is not there");
        if (existsSync(file)) {
          await mustRun("restore-backup", file, "--data", join(folder, "again", "data"));
          await checkServed(join(folder, "again"), kept);
        }
        await checkKept(socket, more);
        // What was left is not in the way of the next backup.
        const next = existsSync(file) ? `${file}-2` : file;
        await makeBackup(socket, next);
        const left = (await readdir(backups)).filter((name) => name === `${next}.partial`);
        assert.deepEqual(left, [], "what is left beside the next backup");
      } finally {
        await daemon.end("SIGKILL");
      }
    },
  };
}
