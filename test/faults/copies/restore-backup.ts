import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { MAIN } from "../compiled.js";
import { mustRun, runSeglog } from "../machine/command.js";
import { type KeptSegment, keepSegment } from "./kept-segment.js";
import { makeBackup } from "./make-backup.js";
import { checkServed } from "./served-copy.js";
import type { Victim } from "./victim.js";

const HALF_STORE_EXIT_CODE = 72;

/** The making of a store of a backup: what is left is no store, or a whole one, and what is half is refused. */
export function restoreBackup(): Victim {
  let file: string;
  let kept: KeptSegment;
  let oldId: string;
  return {
    name: "restore-backup",
    victims: ["all", "one"],
    async prepare(folder) {
      const daemon = await DaemonProcess.start({ main: MAIN, folder });
      kept = await keepSegment(socketOf({ folder }));
      ({ path: file, storeId: oldId } = await makeBackup(socketOf({ folder }), join(folder, "backup")));
      await daemon.end("SIGTERM");
    },
    async kill(folder, killer, at, victims) {
      const data = join(folder, "data");
      const restoring = ["restore-backup", file, "--data", data];
      const { end } = await runSeglog(restoring, killer.env(data, at, victims));

      if (!existsSync(join(data, "data.mdb"))) {
        assert.notEqual(end, 0, "a restore that went well left no store");
        if (existsSync(join(data, "data.mdb.partial"))) {
          const served = await runSeglog(["serve", "--data", data, "--socket", socketOf({ folder })]);
          assert.equal(served.end, HALF_STORE_EXIT_CODE, `serve took what is half: ${served.stderr}`);
        }
        await mustRun(...restoring);
      }
      assert.notEqual(await checkServed(folder, kept), oldId, "the id of the store");
    },
  };
}
