import { setMaxListeners } from "node:events";
import { monotonicFactory } from "ulid";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { LiveToken } from "../access/live-token.js";
import { checkRole } from "../access/method-roles.js";
import type { TokenBook } from "../access/token-book.js";
import { STOP_MS_MAX } from "../model/limits.js";
import type { AdminDeps } from "../service/admin/admin-deps.js";
import { adminService } from "../service/admin/admin-service.js";
import { KeptStates } from "../service/kept-states.js";
import { admitCall, segmentService } from "../service/segment-service.js";
import { openLmdbStore } from "../store/lmdb/open-lmdb-store.js";
import type { StoreReport } from "../store/lmdb/verify/verify-store.js";
import type { SegmentStore } from "../store/segment-store.js";
import { SharedPages } from "../tail/shared-pages.js";
import { TailHub } from "../tail/tail-hub.js";
import { type GrpcServer, startGrpcServer } from "../transport/grpc-server.js";
import { servedService } from "../transport/served-service.js";
import type { DaemonConfig } from "./config/load-config.js";
import { logFindings } from "./damage-log.js";
import { type ListeningDoors, listenAtAll } from "./listen-at-all.js";
import type { Logger } from "./log.js";
import { openAccess } from "./open-access.js";
import { PROCESS_MEMORY } from "./process-memory.js";
import { certificateReloader } from "./reload-certificates.js";
import { startWarnings } from "./start-warnings.js";
import { VERSION } from "./version.js";

/** Of a stop, what is kept for flushing and closing the store, in milliseconds. */
const STORE_CLOSE_MS = 1500;

/** Of a stop, what calls in flight have to be answered in, in milliseconds. The rest is for ending the process. */
const DRAIN_MS = STOP_MS_MAX - STORE_CLOSE_MS - 500;

/**
 * How long after the start the rest of the program is loaded, in milliseconds: behind the first calls, and long before
 * somebody puts another version in place of its files.
 */
const PRELOAD_AFTER_MS = 1000;

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly config: DaemonConfig;
  readonly log: Logger;
  /** Serves a store also where values in it are damaged; they are answered with DATA_LOSS. */
  readonly allowDamaged?: boolean;
  /** Says whether a socket was handed over (LISTEN_FDS); none where unset. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A daemon that serves. */
export interface Daemon {
  /** Its main socket. */
  readonly address: string;
  /** Everywhere that it listens, the main socket first, the others in the order of the settings. */
  readonly addresses: readonly string[];
  /** Resolves with the cause where the store fails; it answers nothing more then, and the process should end. */
  readonly failure: Promise<Error>;
  /** Reads its certificates again, for the connections to come; undefined where it has none. Does not throw. */
  readonly reloadCertificates: (() => void) | undefined;
  /** Stops, within STOP_MS_MAX milliseconds. A second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts a daemon: opens the store, then serves it on its sockets.
 *
 * @throws StoreLockedError, NewerFormatError, DamagedStoreError, OpeningFailedError, UnsafeFolderError,
 * UnsafeFileSystemError, MissingStoreError, SocketInUseError, SocketPathError
 */
export async function startDaemon({ config, log, env = {}, allowDamaged = false }: DaemonOptions): Promise<Daemon> {
  const newId = monotonicFactory();
  const { dataDir: dir, mapSizeBytes: mapBytes, limits, unsafeAllowFs } = config;
  const quotas = config.quotas === undefined ? {} : { quotas: config.quotas };
  const onChecked = (report: StoreReport) => logFindings(log, report);
  const store = await openLmdbStore({ dir, newId, mapBytes, limits, unsafeAllowFs, ...quotas, allowDamaged, onChecked });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every stream listens to it
  const tails = new TailHub(store, config.limits, config.quotas);
  const { book, doors, users } = await openAccess({ config, tokens: store.tokens, newId: () => newId(), log, env }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  const deps: AdminDeps = {
    store,
    tails,
    feed: new SharedPages(store),
    keptStates: new KeptStates(store, config.limits),
    limits: config.limits,
    ...quotas,
    newId: () => newId(),
    nowMs: Date.now,
    version: VERSION,
    startMs: Date.now(),
    stopping: stopping.signal,
    tokens: book,
    backups: store.backups,
    onBackup: ({ path, byteSize, headPosition }) => log.info("a backup was made", { path, bytes: byteSize, head_position: headPosition }),
    onTokenChange: (what, token) => logTokenChange(log, what, token),
  };
  const grpc = startGrpcServer({
    entrances: doors,
    services: [
      servedService(SegmentService, { handlers: segmentService, deps, admit: admitCall }),
      servedService(AdminService, { handlers: adminService, deps }),
    ],
    authorize: checkRole,
    limits: config.limits,
    memory: PROCESS_MEMORY,
    ...(users && { users }),
    onUnexpected: (error, method) => log.error("a call failed unexpectedly", { method }, error),
  });
  let listening: ListeningDoors;
  try {
    listening = await listenAtAll(doors, log);
  } catch (error) {
    await grpc.close();
    book.close();
    await store.close();
    throw error;
  }
  for (const warning of await startWarnings({ dataDir: config.dataDir, nodeVersion: process.version })) log.warn(warning);
  const { addresses } = listening;
  log.info("the daemon serves", {
    address: addresses[0],
    role: config.socketRole,
    tokens: config.socketTokens,
    head_position: store.headPosition,
    version: VERSION,
  });

  const preloading = setTimeout(() => {
    grpc.preload().catch((error: unknown) => log.error("health and reflection cannot be loaded", {}, error));
  }, PRELOAD_AFTER_MS);
  let closed: Promise<void> | undefined;
  const close = () => {
    clearTimeout(preloading);
    closed ??= stop({ stopping, grpc, listening, tails, book, store, log });
    return closed;
  };
  return { address: addresses[0], addresses, failure: store.failure, reloadCertificates: certificateReloader(doors, log), close };
}

/**
 * Stops in order:
 *
 * 1. No new calls: tails end with DRAINING, and the sockets go, so that nobody finds one and waits.
 * 2. What is in flight is answered, as long as there is time; health says that nothing is served.
 * 3. What waits for its commit is flushed, and the store closed.
 */
async function stop(parts: {
  readonly stopping: AbortController;
  readonly grpc: GrpcServer;
  readonly listening: ListeningDoors;
  readonly tails: TailHub;
  readonly book: TokenBook;
  readonly store: SegmentStore;
  readonly log: Logger;
}): Promise<void> {
  const { stopping, grpc, listening, tails, book, store, log } = parts;
  log.info("the daemon stops", { open_calls: grpc.openCallCount });
  stopping.abort();
  await listening.close();
  const drained = await within(DRAIN_MS, grpc.drain());
  if (!drained) log.warn("calls were cut off", { open_calls: grpc.openCallCount });
  await grpc.close();
  tails.close();
  book.close();
  const isClosed = await within(STORE_CLOSE_MS, store.close());
  if (!isClosed) log.error("the store did not close in time; what was answered is durable");
  log.info("the daemon has stopped");
}

/** Never the token itself, nor what it is called, which is somebody's text. */
function logTokenChange(log: Logger, what: "created" | "revoked", { record: { tokenId, role, namespace } }: LiveToken): void {
  log.info(`a token was ${what}`, { token_id: tokenId, role, namespace });
}

/** Whether something was done in so many milliseconds. */
async function within(ms: number, done: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([done.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
