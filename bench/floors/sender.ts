import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { answerQuestions } from "../load/asked-process.js";

/** Of all messages but the last. */
const FIRST_POSITION = 0;

/** Where observers have all. */
export const LAST_POSITION = 1;

/** What one observer is sent. */
export interface SentMessages {
  readonly count: number;
  /** Of each, with its gRPC frame. */
  readonly bytes: number;
}

/*
 * The floor of a tail: node:http2 that sends the same bytes, which are there already, to each who asked. Its messages
 * have the form of a tail's as far as observers look at them.
 */
const streams = new Set<ServerHttp2Stream>();
const server = createServer();
let messages: readonly Buffer[] = [];
let last = tailMessage(LAST_POSITION, 16);
server.on("stream", (stream: ServerHttp2Stream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" });
  streams.add(stream);
  stream.on("error", () => {});
  stream.on("close", () => streams.delete(stream));
  stream.resume();
  stream.write(tailMessage(FIRST_POSITION, 16));
});

const answers = {
  /** Listens on a socket. */
  async listen(socket: string): Promise<void> {
    rmSync(socket, { force: true });
    server.listen(socket);
    await once(server, "listening");
  },

  /** Makes the messages of one observer, all of one size. */
  prepare({ count, bytes }: SentMessages): void {
    messages = Array.from({ length: count }, () => tailMessage(FIRST_POSITION, bytes));
    last = tailMessage(LAST_POSITION, bytes);
  },

  /** Sends them to each observer, so many times over, and waits for those that are slow. */
  async send(times: number): Promise<void> {
    const sendAll = async (stream: ServerHttp2Stream) => {
      const write = async (message: Buffer) => {
        if (!stream.write(message)) await once(stream, "drain");
      };
      for (let time = 1; time <= times; time++) {
        const isLast = time === times;
        for (const message of isLast ? messages.slice(1) : messages) await write(message);
        if (isLast) await write(last);
      }
    };
    await Promise.all([...streams].map(sendAll));
  },
};

/** What the sender can be asked. */
export type SenderAnswers = typeof answers;

/** A message with its gRPC frame, of so many bytes in all. */
function tailMessage(position: number, bytes: number): Buffer {
  const positionField = Buffer.from([0x10, ...varint(position)]);
  const filling = Math.max(0, bytes - 5 - positionField.length - 4);
  const entriesField = Buffer.concat([Buffer.from([0x1a, ...varint(filling)]), Buffer.alloc(filling, "seglog ")]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(positionField.length + entriesField.length, 1);
  return Buffer.concat([prefix, positionField, entriesField]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

answerQuestions(answers);
