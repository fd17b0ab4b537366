import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { MAIN } from "../compiled.js";
import { mustRun, runSeglog } from "../machine/command.js";
import { type KeptSegment, keepSegment } from "./kept-segment.js";
import { checkServed } from "./served-copy.js";
import type { Victim } from "./victim.js";

/** A compaction: what is left is the old store or the new one, under its own id. */
export function compactStore(): Victim {
  let source: string;
  let kept: KeptSegment;
  let storeId: string;
  return {
    name: "compact-store",
    victims: ["all", "one"],
    async prepare(folder) {
      source = folder;
      const daemon = await DaemonProcess.start({ main: MAIN, folder });
      kept = await keepSegment(socketOf({ folder }));
      await daemon.end("SIGTERM");
      storeId = await checkServed(folder, kept);
    },
    async kill(folder, killer, at, victims) {
      const data = join(folder, "data");
      await cp(join(source, "data"), data, { recursive: true });
      await runSeglog(["compact-store", "--data", data], killer.env(data, at, victims));

      assert.equal(await checkServed(folder, kept), storeId, "the id of the store");
      assert(!existsSync(join(data, "data.mdb.partial")), "a start left half a copy behind");
      await mustRun("compact-store", "--data", data);
    },
  };
}
