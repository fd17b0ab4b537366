import { fromBinary } from "@bufbuild/protobuf";
import { AppendStreamResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { AppendMessages, type AppendShape, correlationOf } from "./append-messages.js";
import { type Call, Http2Connection } from "./http2-connection.js";

const PATH = "/seglog.v1.SegmentService/AppendStream";
const CORRELATION_TAG = 0x08;
const APPENDED_TAG = 0x12;

/** A stream that writes as fast as its window lets it. */
export interface StreamLoad extends AppendShape {
  readonly socket: string;
  /** Written to one after the other, message by message. */
  readonly segmentIds: readonly string[];
  /** Messages that wait for their answers. */
  readonly window: number;
  /** Ends behind so many messages, */
  readonly messages: number;
  /** or when it was at it for so long. */
  readonly seconds: number;
}

/**
 * Writes a stream to its end on a connection of its own, and gives how many messages were appended. Each answer must come
 * in its turn and be `appended`.
 */
export async function writeAppendStream(load: StreamLoad): Promise<number> {
  const connection = await Http2Connection.connect(load.socket);
  try {
    return await new Promise<number>((resolve, reject) => new StreamWriter(load, { connection, resolve, reject }).fill());
  } finally {
    connection.close();
  }
}

interface Outcome {
  readonly connection: Http2Connection;
  resolve(appended: number): void;
  reject(error: Error): void;
}

class StreamWriter {
  readonly #load: StreamLoad;
  readonly #outcome: Outcome;
  readonly #messages: AppendMessages;
  readonly #call: Call;
  readonly #endMs: number;
  #sent = 0;
  #answered = 0;
  #isFilling = false;

  constructor(load: StreamLoad, outcome: Outcome) {
    this.#load = load;
    this.#outcome = outcome;
    this.#messages = new AppendMessages(load, "AppendStream");
    this.#endMs = performance.now() + load.seconds * 1000;
    this.#call = outcome.connection.call(PATH, {
      onMessage: (answer) => this.#onAnswer(answer),
      onEnd: () => outcome.reject(new Error(`the stream ended after ${this.#answered} of ${this.#sent} answers`)),
    });
  }

  /** Sends what the window has room for, in one piece. */
  readonly fill = (): void => {
    this.#isFilling = false;
    const { segmentIds, window, messages } = this.#load;
    const isOver = performance.now() >= this.#endMs;
    if (this.#answered === this.#sent && (isOver || this.#sent === messages)) {
      this.#outcome.resolve(this.#answered);
      return;
    }
    if (isOver) return;
    const pieces: Buffer[] = [];
    for (; this.#sent - this.#answered < window && this.#sent < messages; this.#sent++) {
      pieces.push(this.#messages.next(segmentIds[this.#sent % segmentIds.length] ?? ""));
    }
    if (pieces.length > 0) this.#call.send(Buffer.concat(pieces), false);
  };

  #onAnswer(answer: Buffer): void {
    if (!isAppended(answer, correlationOf(this.#answered))) {
      this.#outcome.reject(new Error(refusalText(answer, this.#answered)));
      return;
    }
    this.#answered++;
    if (this.#isFilling) return;
    // Behind the answers that came with this one.
    this.#isFilling = true;
    queueMicrotask(this.fill);
  }
}

/** What an answer is that is not as it should be. Behind the first of them nothing is in its turn. */
function refusalText(answer: Buffer, number: number): string {
  const { outcome } = fromBinary(AppendStreamResponseSchema, answer);
  const what = outcome.case === "error" ? `refused with ${outcome.value.reason}: ${outcome.value.message}` : "answered out of turn";
  return `message ${number} of a stream was ${what}`;
}

/** Whether an answer has this correlation id, of two bytes, and is not a refusal. */
function isAppended(answer: Buffer, correlation: number): boolean {
  const isInTurn = answer[0] === CORRELATION_TAG && answer[1] === ((correlation & 0x7f) | 0x80) && answer[2] === correlation >>> 7;
  return isInTurn && answer[3] === APPENDED_TAG;
}
