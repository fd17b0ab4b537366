import { join } from "node:path";
import { DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { MAIN } from "../compiled.js";
import { checkKept, keepSegment } from "./kept-segment.js";
import type { Victim } from "./victim.js";

/** The first start of a daemon, which makes its store, and the second, which opens it. */
export const firstStart: Victim = {
  name: "first start",
  victims: ["all"],
  async prepare() {},
  async kill(folder, killer, at, victims) {
    const doomed = new DaemonProcess({ main: MAIN, folder, env: killer.env(join(folder, "data"), at, victims) });
    await Promise.race([doomed.serving(), doomed.ended]).catch(() => undefined);
    await doomed.end("SIGKILL");

    const daemon = await DaemonProcess.start({ main: MAIN, folder });
    try {
      const kept = await keepSegment(socketOf({ folder }));
      await checkKept(socketOf({ folder }), kept);
    } finally {
      await daemon.end("SIGKILL");
    }
  },
};
