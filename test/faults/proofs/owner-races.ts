import assert from "node:assert/strict";
import { lstatSync } from "node:fs";
import { type DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import type { Proof } from "../proof.js";
import { Appender, type Attempt } from "../running/appender.js";
import { checkAcknowledged } from "../running/check-acknowledged.js";
import { Daemons } from "../running/daemons.js";

const STORE_LOCKED_EXIT_CODE = 75;
const NO_SOCKET_EXIT_CODE = 73;

/** A loser ends within this, in milliseconds, a start of Node on a busy machine included. */
const LOSE_MS_MAX = 20_000;

/** Two daemons start in the same moment. */
export const ownerRacesProof: Proof = {
  name: "owner-races",
  title: "of two daemons that start at once on one store or one socket exactly one serves, and the other ends and harms nothing",
  short: ["--races", "6"],
  full: ["--races", "200"],
  async run(flags) {
    const { races } = integerFlags(flags, { races: 200 });
    return Daemons.use(async (daemons) => {
      const loserMs: number[] = [];
      const stores = await daemons.folder();
      const first = await daemons.folder();
      const second = await daemons.folder();
      const known: Known = { segmentId: undefined, attempts: [] };
      for (let race = 0; race < races; race++) {
        // Of one store, with one socket: the very same command twice. Of two stores, on one socket.
        const isOneStore = race % 2 === 0;
        loserMs.push(isOneStore ? await raceForStore(daemons, stores, known) : await raceForSocket(daemons, first, second));
      }
      console.log(
        figures({
          races,
          "longest time to the loser's end, ms": Math.round(Math.max(...loserMs)),
          "entries acknowledged": known.attempts.filter(({ told }) => told.state === "acknowledged").length,
        }),
      );
      return `${races} races, one winner in each`;
    });
  },
};

interface Known {
  segmentId: string | undefined;
  readonly attempts: Attempt[];
}

async function raceForStore(daemons: Daemons, folder: string, known: Known): Promise<number> {
  const { winner, loserMs } = await race(daemons, [folder, folder], socketOf({ folder }), STORE_LOCKED_EXIT_CODE);
  known.segmentId ??= await daemons.aSegment(folder);
  const { segmentId } = known;
  const load = new Appender({ socket: socketOf({ folder }), segmentId, name: `${known.attempts.length}`, attemptsMax: 3 });
  known.attempts.push(...(await load.finished()));
  await daemons.withClient(folder, (client) => checkAcknowledged(client, segmentId, known.attempts));
  assert.equal(await winner.end("SIGTERM"), 0, winner.log);
  return loserMs;
}

async function raceForSocket(daemons: Daemons, first: string, second: string): Promise<number> {
  const { winner, loserMs } = await race(daemons, [first, second], socketOf({ folder: first }), NO_SOCKET_EXIT_CODE);
  assert.equal(await winner.end("SIGTERM"), 0, winner.log);
  return loserMs;
}

/** Starts two and waits until one of them has lost; the socket of the other one stays what it is. */
async function race(
  daemons: Daemons,
  folders: readonly [string, string],
  socket: string,
  exitCode: number,
): Promise<{ readonly winner: DaemonProcess; readonly loserMs: number }> {
  const startMs = performance.now();
  const both = folders.map((folder) => daemons.spawn(folder, { socket }));
  const [a, b] = both as [DaemonProcess, DaemonProcess]; // one for each folder
  const [loser, winner] = await Promise.race([a.ended.then(() => [a, b] as const), b.ended.then(() => [b, a] as const)]);
  const loserMs = performance.now() - startMs;
  assert.equal(await loser.ended, exitCode, loser.log);
  assert.match(loser.log, /^seglog: .*\n$/, "the loser says why in one line");
  assert(loserMs < LOSE_MS_MAX, `the loser ended after ${loserMs} ms`);
  await winner.serving();
  const made = lstatSync(socket, { bigint: true });
  assert(made.isSocket());
  await daemons.withClientAt(socket, (client) => client.getStatus({}));
  return { winner, loserMs };
}
