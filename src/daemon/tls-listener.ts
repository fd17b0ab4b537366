import { constants } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { createSecureContext, createServer, type SecureContextOptions, type Server } from "node:tls";
import { TLS_HANDSHAKE_MS_MAX, TLS_HANDSHAKES_MAX } from "../model/limits.js";
import { errorCode } from "../store/error-code.js";
import type { TlsFiles } from "./config/listen-entry.js";
import type { Logger } from "./log.js";
import { SocketPathError } from "./socket-errors.js";

const READABLE_BY_ALL = 0o004;

/**
 * A server of TLS 1.3 for HTTP/2 alone, whose clients have certificates of one of our authorities.
 *
 * Sessions are not resumed: a client whose authority was taken away would come in with a ticket from before.
 */
export class TlsListener {
  readonly server: Server;
  readonly #files: TlsFiles;
  readonly #log: Logger;
  /** Connections that have not proven themselves yet, oldest first, by where they come from. */
  readonly #handshakes = new Map<string, Socket>();

  /** @throws SocketPathError where the certificates cannot be had */
  constructor(files: TlsFiles, log: Logger) {
    this.#files = files;
    this.#log = log;
    this.server = createServer({
      ...this.#context(),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ["h2"],
      handshakeTimeout: TLS_HANDSHAKE_MS_MAX,
    });
    this.server.on("connection", (socket) => this.#begin(socket));
    this.server.on("secureConnection", (socket) => {
      this.#handshakes.delete(placeOf(socket));
      if (socket.alpnProtocol !== "h2") socket.destroy(); // it did not say what it speaks
    });
    this.server.on("tlsClientError", (error) => log.debug("a TLS handshake failed", { code: errorCode(error) }));
  }

  /**
   * Reads the certificates again, for the connections to come.
   *
   * @throws SocketPathError where they cannot be had; those from before hold on
   */
  reload(): void {
    this.server.setSecureContext(this.#context());
  }

  /** Drops who has not proven themselves yet. */
  dropHandshakes(): void {
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  /** Who takes too long makes room for who comes: a handshake takes milliseconds. */
  #begin(socket: Socket): void {
    const place = placeOf(socket);
    if (this.#handshakes.size >= TLS_HANDSHAKES_MAX) {
      const [oldest] = this.#handshakes.values();
      oldest?.destroy();
    }
    this.#handshakes.set(place, socket);
    socket.once("close", () => this.#handshakes.delete(place));
  }

  #context(): SecureContextOptions {
    const { cert, key, clientCa } = this.#files;
    const options: SecureContextOptions = {
      cert: read(cert),
      key: read(key),
      ca: read(clientCa),
      minVersion: "TLSv1.3",
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
    if (((statSync(key).mode ?? 0) & READABLE_BY_ALL) !== 0) this.#log.warn("the key of TLS can be read by everybody", { file: key });
    try {
      createSecureContext(options);
    } catch (error) {
      const files = [cert, key, clientCa].join(", ");
      throw new SocketPathError(`TLS cannot be set up of ${files}: ${errorCode(error) ?? "they are no PEM that fits together"}`, {
        cause: error,
      });
    }
    return options;
  }
}

/** Where a connection comes from: of all that are open, one alone comes from there. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SocketPathError(`file ${path} cannot be read for TLS: ${errorCode(error)}`, { cause: error });
  }
}
