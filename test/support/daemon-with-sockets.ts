import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { TokenRule } from "../../src/access/token-gate.js";
import { createAdminClient } from "../../src/client/admin-client.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { ROLES, type Role } from "../../src/model/caller.js";
import { ONE_TRY } from "./one-try.js";
import { startTestDaemon, type TestDaemon, temporaryFolder } from "./test-daemon.js";

/** A daemon that listens on more than its own socket. */
export interface StartedWithSockets extends TestDaemon {
  readonly admin: ReturnType<typeof createAdminClient>;
  socketOf(role: Role): string;
}

/** A daemon with a socket of each role, and an operator's. */
export async function startWithSockets(tokens: TokenRule, folder = temporaryFolder()): Promise<StartedWithSockets> {
  const socketOf = (role: Role) => join(folder, `${role}.sock`);
  const listen = ROLES.map((role) => ({
    transport: "unix" as const,
    path: socketOf(role),
    role,
    tokens,
    mode: 0o600,
    group: undefined,
    uids: [],
    gids: [],
  }));
  const started = await startTestDaemon({ folder, config: { listen } });
  return { ...started, admin: adminAt(started.socket), socketOf };
}

/** A client with a token, until the test is finished. */
export function clientAt(socket: string, token?: string) {
  const client = createSegmentClient({ socket }, { ...ONE_TRY, ...(token !== undefined && { token }) });
  onTestFinished(() => client.close());
  return client;
}

/** The same for what operators do. */
export function adminAt(socket: string, token?: string) {
  const client = createAdminClient({ socket }, token === undefined ? {} : { token });
  onTestFinished(() => client.close());
  return client;
}
