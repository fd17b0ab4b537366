import { once } from "node:events";
import { connect, type NetConnectOpts } from "node:net";
import { answerQuestions } from "../load/asked-process.js";
import { PROTOCOLS, type Protocol, ReplyLines } from "./reply-lines.js";

/*
 * A client of a peer with a protocol of lines, in a process beside it: it sends requests that were made beforehand and
 * counts the answers.
 */

/** What to send. */
export interface RequestLoad {
  readonly address: NetConnectOpts;
  readonly protocol: Protocol;
  /** Sent first; nothing answers it that counts. */
  readonly opening: string;
  /** Sent one after the other, and again from the first. */
  readonly requests: readonly Uint8Array[];
  /** Requests that wait for their answers. */
  readonly inFlight: number;
  readonly seconds: number;
}

const answers = {
  /** Sends requests until the time is over, and gives how many were answered in a second. */
  async send(load: RequestLoad): Promise<number> {
    const socket = connect(load.address);
    await once(socket, "connect");
    socket.write(load.opening);
    try {
      return await new Promise<number>((resolve, reject) => {
        const requests = new Requests(load, { write: (bytes) => socket.write(bytes), resolve, reject });
        socket.on("data", (piece: Buffer) => requests.onData(piece));
        socket.on("error", reject);
        socket.on("close", () => reject(new Error("the peer closed the connection")));
        requests.fill();
      });
    } finally {
      socket.removeAllListeners("close");
      socket.destroy();
    }
  },
};

/** What the client can be asked. */
export type RequestAnswers = typeof answers;

interface Outcome {
  write(bytes: Buffer): void;
  resolve(perSecond: number): void;
  reject(error: Error): void;
}

class Requests {
  readonly #load: RequestLoad;
  readonly #outcome: Outcome;
  readonly #lines = new ReplyLines((line) => this.#onLine(line));
  readonly #startMs = performance.now();
  #sent = 0;
  #answered = 0;

  constructor(load: RequestLoad, outcome: Outcome) {
    this.#load = load;
    this.#outcome = outcome;
  }

  onData(piece: Buffer): void {
    this.#lines.read(piece);
    this.fill();
  }

  fill(): void {
    const { requests, inFlight, seconds } = this.#load;
    const spentMs = performance.now() - this.#startMs;
    if (spentMs >= seconds * 1000) {
      if (this.#answered === this.#sent) this.#outcome.resolve(this.#answered / (spentMs / 1000));
      return;
    }
    const pieces: Uint8Array[] = [];
    for (; this.#sent - this.#answered < inFlight; this.#sent++) pieces.push(requests[this.#sent % requests.length] ?? new Uint8Array());
    if (pieces.length > 0) this.#outcome.write(Buffer.concat(pieces));
  }

  #onLine(line: string): void {
    const { refusal, isAnswer } = PROTOCOLS[this.#load.protocol];
    if (line.startsWith(refusal) || line.includes('"error"')) this.#outcome.reject(new Error(`the peer refused: ${line}`));
    if (line === "PING") this.#outcome.write(Buffer.from("PONG\r\n"));
    if (isAnswer(line)) this.#answered++;
  }
}

answerQuestions(answers);
