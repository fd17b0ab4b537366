import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";
import { socketOf } from "../daemon/daemon-process.js";
import { RestartingDaemon } from "../daemon/restarting-daemon.js";
import type { Random } from "../load/random.js";
import { compareFolders } from "./compare-folders.js";
import { type Compared, compareStores } from "./compare-stores.js";

/** Where the source is, and where there is room. */
export interface SourcePlace {
  readonly main: string;
  readonly socket: string;
  readonly folder: string;
}

/** Where a mirror's copy is, and what a trial does to it. */
export interface MirrorTarget {
  /** What `--to` says. */
  readonly to: string;
  /** What of it can be killed. */
  readonly victims: Readonly<Record<string, { kill(): Promise<void> }>>;
  /** Compares it with the source. */
  compare(source: SourcePlace): Promise<Compared>;
  /** Makes it something else than the source. */
  damage(): Promise<void>;
  stop(): Promise<void>;
}

/** A copy as files. */
export async function folderTarget(folder: string): Promise<MirrorTarget> {
  return {
    to: folder,
    victims: {},
    compare: async ({ main, socket, folder: room }) => {
      const exported = join(room, "exported");
      await rm(exported, { recursive: true, force: true });
      await promisify(execFile)(process.execPath, [main, "export", "--socket", socket, "--out", exported]);
      return compareFolders(exported, folder);
    },
    damage: async () => {
      const path = await anyLog(folder);
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replace("text", "tezt"));
    },
    stop: async () => {},
  };
}

async function anyLog(folder: string): Promise<string> {
  for (const { name: session } of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    for (const name of await readdir(join(folder, session))) {
      const path = join(folder, session, name);
      if ((await readFile(path, "utf8")).includes("text")) return path;
    }
  }
  return assert.fail("the copy has no log to damage");
}

/** A copy in another daemon. */
export async function daemonTarget(main: string, folder: string, random: Random): Promise<MirrorTarget> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const daemon = await RestartingDaemon.start({ main, folder }, random);
  const withClient = async <Result>(socket: string, work: (client: SegmentClient) => Promise<Result>): Promise<Result> => {
    const client = createSegmentClient({ socket }, ONE_TRY);
    try {
      return await work(client);
    } finally {
      client.close();
    }
  };
  const socket = socketOf({ folder });
  return {
    to: `unix:${socket}`,
    victims: { target: daemon },
    compare: (source) => withClient(source.socket, (there) => withClient(socket, (here) => compareStores(there, here))),
    damage: () =>
      withClient(socket, async (client) => {
        const { segments } = await client.listSegments({});
        const segment = segments[0] ?? assert.fail("the copy has no segment to damage");
        await client.append({ segmentId: segment.segmentId, entries: [userInput("somebody else's")] });
      }),
    stop: () => daemon.stop(),
  };
}
