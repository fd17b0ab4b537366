import { once } from "node:events";
import { connect, createServer, type NetConnectOpts } from "node:net";
import { setTimeout } from "node:timers/promises";

const WAIT_MS_MAX = 15_000;
const RETRY_MS = 20;

/** Waits until a server that is starting takes connections. */
export async function untilConnectable(address: NetConnectOpts): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS_MAX; ; await setTimeout(RETRY_MS)) {
    const socket = connect(address);
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
    } finally {
      socket.destroy();
    }
  }
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a server on a port has no port");
  return address.port;
}
