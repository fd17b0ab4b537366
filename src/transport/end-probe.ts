/** What a probe needs of a connection. */
export interface Probed {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Sends a PING; false where it cannot be sent now. */
  ping(): boolean;
}

/**
 * Finds out whether nghttp2 has ended a session by itself, as it does where frames make no sense: it sends GOAWAY, reads on
 * for nothing, and node:http2 20 neither tells nor closes the socket. Such a session writes no PING; one that goes on does,
 * whether or not the client answers it.
 */
export class EndProbe {
  #readBytes = 0;
  #writtenBytes: number | undefined;

  /**
   * Whether the session has ended, as far as the PING of the last time tells. Sends one where something has come.
   *
   * @param isQuiet whether no call explains what has come, and nothing waits to be written
   */
  hasEnded(probed: Probed, isQuiet: boolean): boolean {
    const { bytesRead, bytesWritten } = probed;
    const isEnded = isQuiet && this.#writtenBytes === bytesWritten;
    const hasCome = bytesRead !== this.#readBytes;
    this.#readBytes = bytesRead;
    this.#writtenBytes = isQuiet && hasCome && !isEnded && probed.ping() ? bytesWritten : undefined;
    return isEnded;
  }
}
