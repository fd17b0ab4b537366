import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { errorCode } from "../store/error-code.js";
import { placeOf, type TcpListenEntry } from "./config/listen-entry.js";
import { type Door, type DoorParts, gatesOf } from "./door.js";
import type { Listening } from "./listening.js";
import { SocketInUseError, SocketPathError } from "./socket-errors.js";
import { TlsListener } from "./tls-listener.js";

/**
 * An address of TCP, with TLS where it has certificates. Callers there always need a token.
 *
 * @throws SocketPathError where the certificates cannot be had
 */
export function tcpDoor(entry: TcpListenEntry, { book, log }: DoorParts): Door {
  const { role } = entry;
  const tokens = "required";
  const tls = entry.tls === undefined ? undefined : new TlsListener(entry.tls, log);
  const listener = tls?.server ?? createServer();
  const listen = async () => {
    const listening = await listenOnTcp(listener, entry);
    const close = async () => {
      await listening.close();
      tls?.dropHandshakes();
    };
    return { ...listening, close };
  };
  const reload = tls === undefined ? {} : { reloadCertificates: () => tls.reload() };
  return { listener, gateOf: gatesOf({ role, tokens, book }), role, tokens, listen, ...reload };
}

async function listenOnTcp(server: Server, entry: TcpListenEntry): Promise<Listening> {
  const { host, port } = entry;
  server.listen({ host, port });
  await once(server, "listening").catch((error: unknown) => {
    if (errorCode(error) === "EADDRINUSE") throw new SocketInUseError(placeOf(entry));
    throw new SocketPathError(`${placeOf(entry)} cannot be listened on: ${errorCode(error)}`, { cause: error });
  });
  const bound = server.address();
  const address = placeOf({ ...entry, port: typeof bound === "object" ? (bound?.port ?? port) : port });
  const close = async () => {
    if (server.listening) server.close();
  };
  return { server, address, close };
}
