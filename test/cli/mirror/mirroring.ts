import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { exportSegment } from "../../../src/cli/export/export-segment.js";
import { makeOwnFolder } from "../../../src/cli/export/own-folder.js";
import { sessionFolder } from "../../../src/cli/mirror/folder-contents.js";
import { SourceFollower } from "../../../src/cli/mirror/follow-source.js";
import type { MirrorOptions } from "../../../src/cli/mirror/mirror-options.js";
import { MirrorReport } from "../../../src/cli/mirror/mirror-report.js";
import { segmentsIn } from "../../../src/cli/mirror/mirror-scope.js";
import { openMirror } from "../../../src/cli/mirror/open-mirror.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { compareFolders } from "../../journeys/mirror/compare-folders.js";
import { type Compared, compareStores } from "../../journeys/mirror/compare-stores.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { startTestDaemon } from "../../support/test-daemon.js";

/** Where a copy can be. */
export const KINDS = ["folder", "daemon"] as const;

/** A source and the place of a copy of it. */
export interface Mirroring {
  /** Of the source. */
  readonly client: SegmentClient;
  /** Of the source. */
  readonly socket: string;
  /** Where the source's store is. */
  readonly dataDir: string;
  /** Of the copy, where it is a daemon. */
  readonly copyClient: SegmentClient;
  /** Where the copy is, where it is a folder. */
  readonly copyFolder: string;
  readonly statePath: string;
  /** Mirrors until it has caught up. */
  readonly mirrorOnce: (flags?: Partial<MirrorOptions>) => Promise<SourceFollower>;
  /** Mirrors until the test is finished; gives what it fails with before. */
  readonly mirrorOn: () => Promise<{ readonly failure: Promise<unknown> }>;
  /** Throws where the copy is not what the source is. */
  readonly compare: () => Promise<Compared>;
}

/** Starts a source, and where the copy is to be one, another daemon. */
export async function startMirroring(kind: (typeof KINDS)[number]): Promise<Mirroring> {
  const { client, socket, folder: sourceFolder } = await startTestDaemon();
  const target = kind === "daemon" ? await startTestDaemon() : undefined;
  const folder = temporaryFolder();
  const copyFolder = join(folder, "copy");
  const statePath = kind === "folder" ? join(copyFolder, ".seglog-mirror.json") : join(folder, "state.json");
  const basics = target === undefined ? { to: { folder: copyFolder } } : { to: { daemon: { socket: target.socket } }, state: statePath };

  const begin = async (flags: Partial<MirrorOptions>, signal: AbortSignal) => {
    const source = { client, signal };
    const opened = await openMirror(source, { ...basics, ...flags }, false);
    const report = new MirrorReport(source, false);
    return { opened, follower: new SourceFollower({ source, opened, report, isOnce: flags.once === true }) };
  };
  return {
    client,
    socket,
    dataDir: join(sourceFolder, "data"),
    copyClient: target?.client ?? client,
    copyFolder,
    statePath,
    mirrorOnce: async (flags = {}) => {
      const { opened, follower } = await begin({ ...flags, once: true }, new AbortController().signal);
      try {
        await follower.follow(() => {});
      } finally {
        await opened.close();
      }
      return follower;
    },
    mirrorOn: async () => {
      const ending = new AbortController();
      const { opened, follower } = await begin({}, ending.signal);
      const following = follower.follow(() => {}).catch((error: unknown) => error);
      onTestFinished(async () => {
        ending.abort();
        await following;
        await opened.close();
      });
      return { failure: following };
    },
    compare: async () => {
      if (target !== undefined) return compareStores(client, target.client);
      return compareFolders(await exported(client), copyFolder);
    },
  };
}

/** What an export of a store writes. */
async function exported(client: SegmentClient): Promise<string> {
  const folder = temporaryFolder();
  const context = { client, signal: new AbortController().signal };
  for await (const segment of segmentsIn(context, "store")) {
    const place = sessionFolder(folder, segment.sessionId);
    await makeOwnFolder(place);
    await exportSegment(context, segment, { folder: place, onEntry: () => {} });
  }
  return folder;
}

/** The folders of sessions that a copy has. */
export function sessionsThere(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}
