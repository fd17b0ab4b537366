import { join } from "node:path";
import { type Daemon, startDaemon } from "../../daemon/daemon.js";
import { endProcess, FAILED_EXIT_CODE } from "../../daemon/end-process.js";
import { letHeapGrow } from "../../daemon/heap-growth.js";
import { createStreamLogger, type Logger } from "../../daemon/log.js";
import { pasteLines } from "../../daemon/paste-lines.js";
import { SocketInUseError, SocketPathError } from "../../daemon/socket-errors.js";
import { stopOnSignals } from "../../daemon/stop-signals.js";
import { failStopOnUnforeseen } from "../../daemon/unforeseen-errors.js";
import { DamagedStoreError } from "../../store/lmdb/damaged-store-error.js";
import { OpeningFailedError } from "../../store/lmdb/opening-marker.js";
import { CommandError } from "../command-error.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { outliveOutput, print } from "../output.js";
import { ownCommand } from "../own-command.js";
import { loadOwnConfig } from "../setting-options.js";
import { storeExitCode } from "../store-refusal.js";
import { waysOut } from "../ways-out.js";

/** What `seglog serve` is told: the settings as they were typed, whether to say what to try, and whether to serve what is left of a damaged store. */
export type ServeFlags = Readonly<Record<string, unknown>> & { readonly quiet?: boolean; readonly allowDamaged?: boolean };

/**
 * Starts the daemon and resolves once it serves; signals stop it, and end the process.
 *
 * @throws ConfigError, and CommandError with an exit code of its own where store or socket cannot be had
 */
export async function runServe(flags: ServeFlags): Promise<void> {
  process.umask(0o077); // whoever starts it may have none at all; what is to be open to others is opened by name
  letHeapGrow();
  outliveOutput();
  const { config } = loadOwnConfig(flags);
  const log = createStreamLogger({ format: config.logFormat, level: config.logLevel, stream: process.stderr });
  failStopOnUnforeseen(log);
  const starting = startOrRefuse({ config, log, env: process.env, allowDamaged: flags.allowDamaged === true });
  // Before it serves: who was answered may ask it to stop in the same moment.
  stopOnSignals({ stop: async () => (await starting).close(), log });
  const daemon = await starting;
  void endOnFailure(daemon, log);
  // Without certificates SIGHUP stays what it is: a terminal that goes takes the daemon with it.
  if (daemon.reloadCertificates !== undefined) process.on("SIGHUP", daemon.reloadCertificates);
  if (flags.quiet === true) return;
  await print(pasteLines({ socketPath: daemon.address, command: ownCommand(process.argv[1] ?? "seglog", process.env) }));
}

async function startOrRefuse(options: Parameters<typeof startDaemon>[0]): Promise<Daemon> {
  try {
    return await startDaemon(options);
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === undefined || !(error instanceof Error)) throw error;
    throw new CommandError(exitCode, error.message, error, adviceOn(error));
  }
}

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof SocketInUseError || error instanceof SocketPathError) return EXIT.noSocket;
  if (error instanceof DamagedStoreError || error instanceof OpeningFailedError) return EXIT.notWhole;
  return storeExitCode(error);
}

function adviceOn(error: Error): readonly string[] {
  if (error instanceof OpeningFailedError) return waysOut(error.folder, [["try once more", `rm ${join(error.folder, "opening")}`]]);
  if (!(error instanceof DamagedStoreError)) return [];
  return waysOut(error.folder, error.canBeAllowed ? [["serve what is intact", "seglog serve --allow-damaged"]] : []);
}

/** After a storage error nothing more is answered: the sooner a new process looks after the store, the better. */
async function endOnFailure(daemon: Daemon, log: Logger): Promise<void> {
  const error = await daemon.failure;
  log.error("the store failed", {}, error);
  endProcess(FAILED_EXIT_CODE);
}
