import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { loadConfig } from "../../src/daemon/config/load-config.js";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.js";
import { createLogger } from "../../src/daemon/log.js";
import { type CliOptions, type CliResult, environment, runCli } from "./cli.js";

/** A real daemon that all tests of a file share, its client, and the command line that talks to it. */
export interface FileDaemon {
  readonly client: SegmentClient;
  readonly socket: string;
  /** The environment that commands find it by. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command as a process. */
  readonly seglog: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  /** Runs one that must go well, and gives the lines that it printed. */
  readonly lines: (args: readonly string[], options?: CliOptions) => Promise<string[]>;
}

/** Starts a daemon before the tests of a file, and ends it behind them. To be asked for its parts in tests only. */
export function daemonForFile(): () => FileDaemon {
  let running: FileDaemon | undefined;
  let daemon: Daemon | undefined;
  let folder = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "seglog-"));
    const socket = join(folder, "run", "seglog.sock");
    const { config } = loadConfig({
      flags: { data: join(folder, "data"), socket },
      env: {},
      cwd: folder,
      readFile: () => undefined,
    });
    daemon = await startDaemon({ config, log: createLogger({ format: "json", level: "error", write: () => {} }) });
    running = parts(createSegmentClient({ socket }), socket, folder);
  });
  afterAll(async () => {
    running?.client.close();
    await daemon?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return () => {
    if (running === undefined) throw new Error("the daemon of this file is started before its tests, not before that");
    return running;
  };
}

function parts(client: SegmentClient, socket: string, folder: string): FileDaemon {
  const env = { ...environment(folder), SEGLOG_SOCKET: socket };
  const seglog = (args: readonly string[], options: CliOptions = {}) => runCli(args, { ...options, env: { ...env, ...options.env } });
  const lines = async (args: readonly string[], options?: CliOptions) => {
    const { exitCode, stdout, stderr } = await seglog(args, options);
    if (exitCode !== 0) throw new Error(`seglog ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
    return stdout.replace(/\n$/, "").split("\n");
  };
  return { client, socket, env, seglog, lines };
}
