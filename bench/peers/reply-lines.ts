/** Cuts what comes into lines, in whatever pieces it comes. */
export class ReplyLines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  /** @param onLine is given each line without its end */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  read(piece: Buffer): void {
    const lines = (this.#rest + piece.toString("latin1")).split("\r\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }
}

/** Protocols of lines that the peers speak, and what in them answers a request. */
export const PROTOCOLS = {
  /** Redis': XADD is answered with the length of an id, `$15`, and the id. */
  redis: { refusal: "-", isAnswer: (line: string) => !line.startsWith("$") },
  /** NATS': the server tells of itself, pings, and gives each acknowledgement as a line of JSON behind a line about it. */
  nats: { refusal: "-ERR", isAnswer: (line: string) => line.startsWith('{"stream"') },
} as const;

/** The name of a protocol. */
export type Protocol = keyof typeof PROTOCOLS;
