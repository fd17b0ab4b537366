/** What a probe needs of a connection. */
export interface Probed {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Sends a PING, and calls back once a session that goes on must have written it; false where it cannot be sent now. */
  ping(onDue: () => void): boolean;
}

/** How often a connection is asked at most, in milliseconds. */
const PROBE_MS = 5000;

/**
 * Finds out whether nghttp2 has ended a session by itself, as it does where frames make no sense: it sends GOAWAY, reads no
 * more, not even that the client has closed, and node:http2 20 neither tells nor closes the socket. Such a session writes no
 * PING; one that goes on does, whether or not the client answers it.
 */
export class EndProbe {
  #askedBytes = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  /** What had been written before the last PING, and whether that is due. */
  #asked: { readonly writtenBytes: number; isDue: boolean } | undefined;

  /**
   * Whether the session has ended, as far as the PING of the last time tells. Sends one where something has come since the
   * last.
   *
   * @param isQuiet whether it has no call, and nothing waits to be written
   */
  hasEnded(probed: Probed, { isQuiet, nowMs }: { readonly isQuiet: boolean; readonly nowMs: number }): boolean {
    const { bytesRead, bytesWritten } = probed;
    if (isQuiet && this.#asked?.writtenBytes === bytesWritten) return this.#asked.isDue;
    this.#asked = undefined;
    if (!isQuiet || bytesRead === this.#askedBytes || nowMs - this.#askedMs < PROBE_MS) return false;
    const asked = { writtenBytes: bytesWritten, isDue: false };
    if (!probed.ping(() => (asked.isDue = true))) return false;
    this.#askedBytes = bytesRead;
    this.#askedMs = nowMs;
    this.#asked = asked;
    return false;
  }
}
