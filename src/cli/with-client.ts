import type { AdminClient } from "../client/admin-client.js";
import type { SegmentClient } from "../client/segment-client.js";
import type { ClientSettings, ClientTarget } from "../client/service-client.js";
import { clientTarget, type TargetOptions } from "./client-target.js";
import { InterruptedError } from "./command-error.js";
import { interruptions } from "./interruptions.js";
import type { ColorWhen } from "./paint.js";
import { orSayItIsASegment } from "./wrong-kind.js";

/** What every command that talks to the daemon can be told. */
export interface ClientOptions extends TargetOptions {
  readonly json?: boolean;
  readonly color?: ColorWhen;
}

/** What a command works with that calls a service of the daemon. */
export interface ServiceContext<Client> {
  readonly client: Client;
  /** Aborts when a person interrupts; goes into every call. */
  readonly signal: AbortSignal;
}

/** What most of them work with. */
export type ClientContext = ServiceContext<SegmentClient>;

/** What commands work with that look after the daemon. */
export type AdminContext = ServiceContext<AdminClient>;

/**
 * Runs a command with a client of the daemon, which is closed behind it.
 *
 * @param patience how long a call of one answer may take; for ever where unset
 * @throws InterruptedError where a signal ended it
 */
export function withClient(
  options: ClientOptions,
  run: (context: ClientContext) => Promise<void>,
  patience: Pick<ClientSettings, "deadlineMs"> = {},
): Promise<void> {
  const loadClient = async () => (await import("../client/segment-client.js")).createSegmentClient;
  return withServiceClient(loadClient, { ...options, patience }, (context) => orSayItIsASegment(context, () => run(context)));
}

/** withClient for the service that looks after the daemon. */
export function withAdminClient(options: ClientOptions, run: (context: AdminContext) => Promise<void>): Promise<void> {
  return withServiceClient(async () => (await import("../client/admin-client.js")).createAdminClient, options, run);
}

/**
 * withClient for a client of any service.
 *
 * @param loadClient loads what creates it: a gRPC client is a third of the time that a command takes to start
 */
async function withServiceClient<Client extends { close(): void }>(
  loadClient: () => Promise<(target: ClientTarget, settings: ClientSettings) => Client>,
  options: ClientOptions & { readonly patience?: Pick<ClientSettings, "deadlineMs"> },
  run: (context: ServiceContext<Client>) => Promise<void>,
): Promise<void> {
  const interrupted = interruptions();
  // What this prints is no response: whatever the daemon may send, it may read.
  const channel = { "grpc.max_receive_message_length": -1 };
  const { target, settings } = clientTarget(options);
  const createClient = await loadClient();
  // Whoever typed this sees at once that there is no daemon, and types it again when there is one.
  const client = createClient(target, { ...settings, ...options.patience, channel, retryForMs: 0 });
  try {
    await run({ client, signal: interrupted.signal });
  } catch (error) {
    throw interrupted.signal.aborted ? new InterruptedError("interrupted", { cause: error }) : error;
  } finally {
    interrupted.undo();
    client.close();
  }
  if (interrupted.signal.aborted) throw new InterruptedError("interrupted");
}
