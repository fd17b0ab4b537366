import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { openGate } from "../../src/access/gate.js";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/model/limits.js";
import { type GrpcServer, startGrpcServer } from "../../src/transport/grpc-server.js";
import type { HandlerTable } from "../../src/transport/handler-table.js";
import { servedService } from "../../src/transport/served-service.js";
import { ONE_TRY } from "./one-try.js";

/** A server on a socket of its own, and a client of it. */
export interface ServedHandlers {
  readonly server: GrpcServer;
  readonly client: SegmentClient;
  readonly socket: string;
  /** What the server was told of that nobody foresaw. */
  readonly unexpected: { readonly error: unknown; readonly method: string }[];
}

/** Handlers that need nothing. */
export type FakeHandlers = Partial<HandlerTable<undefined, (typeof SegmentService)["method"]>>;

/**
 * Serves handlers over a real socket until the test is finished. Fails the test where calls are still being answered
 * once its client has gone.
 */
export async function serveHandlers(handlers: FakeHandlers, limits: Partial<Limits> = {}): Promise<ServedHandlers> {
  const folder = await mkdtemp(join(tmpdir(), "seglog-"));
  const socket = join(folder, "s.sock");
  const listener = createServer().listen(socket);
  await once(listener, "listening");
  const unexpected: ServedHandlers["unexpected"] = [];
  const server = startGrpcServer({
    entrances: [{ listener, gateOf: () => openGate("admin") }],
    services: [servedService(SegmentService, { handlers, deps: undefined })],
    limits: { ...DEFAULT_LIMITS, ...limits },
    onUnexpected: (error, method) => unexpected.push({ error, method }),
  });
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(async () => {
    client.close();
    await Promise.race([server.drain(), after(LEAK_MS)]);
    const leakedCount = server.openCallCount;
    await server.close();
    await rm(folder, { recursive: true });
    expect(leakedCount, "calls that outlive their client").toBe(0);
  });
  return { server, client, socket, unexpected };
}

/** How long calls may take to end after their client has gone, in milliseconds. */
const LEAK_MS = 2000;

async function after(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
