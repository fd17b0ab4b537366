import { createSegmentClient, type SegmentClient } from "../client/segment-client.js";
import { clientSocketPath } from "../daemon/config/default-paths.js";
import { InterruptedError } from "./command-error.js";
import { interruptions } from "./interruptions.js";
import { endWithReader } from "./output.js";

/** What every command that talks to the daemon can be told. */
export interface ClientOptions {
  readonly socket?: string;
  readonly json?: boolean;
}

/** What such a command works with. */
export interface ClientContext {
  readonly client: SegmentClient;
  /** Aborts when a person interrupts; goes into every call. */
  readonly signal: AbortSignal;
}

/** The socket that a command talks to: the flag, the environment, or where a daemon listens by default. */
export function socketOf({ socket }: ClientOptions): string {
  return clientSocketPath({ flag: socket, env: process.env, cwd: process.cwd() });
}

/**
 * Runs a command with a client of the daemon, which is closed behind it.
 *
 * @throws InterruptedError where a signal ended it
 */
export async function withClient(options: ClientOptions, run: (context: ClientContext) => Promise<void>): Promise<void> {
  endWithReader();
  const interrupted = interruptions();
  // What this prints is no response: whatever the daemon may send, it may read.
  const channel = { "grpc.max_receive_message_length": -1 };
  const client = createSegmentClient({ socket: socketOf(options) }, { channel });
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
