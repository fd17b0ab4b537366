/** Somebody listens on the socket already. */
export class SocketInUseError extends Error {
  override readonly name = "SocketInUseError";

  constructor(readonly socketPath: string) {
    super(`somebody listens on ${socketPath} already; wanted a socket of our own, set --socket or stop the other one`);
  }
}

/** A socket cannot be where or what it was asked to be. The message says what is, and what was wanted. */
export class SocketPathError extends Error {
  override readonly name = "SocketPathError";
}
