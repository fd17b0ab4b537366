import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import type { DaemonConfig } from "../../src/daemon/config/load-config.js";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.js";
import { createLogger } from "../../src/daemon/log.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/model/limits.js";
import { ONE_TRY } from "./one-try.js";

/** What a test daemon may differ in. */
export interface TestDaemonOptions {
  readonly limits?: Partial<Limits>;
  /** Folder of an earlier one, to start again on its store. */
  readonly folder?: string;
  /** Settings, put over those of the test. */
  readonly config?: Partial<DaemonConfig>;
}

/** A real daemon on a real socket, with a client; all gone when the test is finished. */
export interface TestDaemon {
  readonly daemon: Daemon;
  readonly client: SegmentClient;
  readonly socket: string;
  readonly folder: string;
  readonly logLines: string[];
}

/** Starts a daemon for a test, on a store in a temporary folder. */
export async function startTestDaemon(options: TestDaemonOptions = {}): Promise<TestDaemon> {
  const folder = options.folder ?? temporaryFolder();
  const socket = join(folder, "run", "seglog.sock");
  const logLines: string[] = [];
  const daemon = await startDaemon({
    config: {
      dataDir: join(folder, "data"),
      socketPath: socket,
      socketMode: 0o600,
      socketGroup: undefined,
      socketRole: "admin",
      socketTokens: "optional",
      listen: [],
      mapSizeBytes: 2 ** 34,
      logFormat: "json",
      logLevel: "debug",
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      ...options.config,
    },
    log: createLogger({ format: "json", level: "debug", write: (line) => void logLines.push(line) }),
  });
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(async () => {
    client.close();
    await daemon.close();
  });
  return { daemon, client, socket, folder, logLines };
}

/** A folder that is gone when the test is finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "seglog-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
