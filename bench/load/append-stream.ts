import type { ClientHttp2Stream } from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { AppendStreamRequestSchema, AppendStreamResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { monotonicMs } from "./clock.js";
import { conversationEntries } from "./conversation.js";
import { GrpcMessageReader, grpcMessage } from "./grpc-messages.js";
import type { RawCaller } from "./raw-caller.js";

/** Units of a stream that wait for their answers, when it writes as fast as it can. */
const WINDOW_UNITS = 8;

/** The acknowledgement of a unit. */
export interface Acknowledgement {
  readonly headPosition: number;
  /** When it came, on the monotonic clock. */
  readonly atMs: number;
}

/** A writer whose requests were encoded before: it costs little beside the daemon. */
export class AppendStream {
  readonly #stream: ClientHttp2Stream;
  readonly #waiting: { resolve(acknowledgement: Acknowledgement): void; reject(error: Error): void }[] = [];

  constructor(caller: RawCaller) {
    this.#stream = caller.open("AppendStream");
    const answers = new GrpcMessageReader((message) => this.#onAnswer(message));
    this.#stream.on("data", (bytes: Buffer) => answers.read(bytes));
    this.#stream.on("error", (error) => this.#failAll(error));
    this.#stream.on("close", () => this.#failAll(new Error("the stream of appends has ended")));
  }

  /** Sends a unit of `appendStreamRequest` and waits for its answer. Many may be under way. */
  append(request: Uint8Array): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#stream.write(request);
    });
  }

  /** Sends the same unit so many times, as fast as answers come, and gives the last acknowledgement. */
  async appendMany(request: Uint8Array, times: number): Promise<Acknowledgement> {
    const underWay: Promise<Acknowledgement>[] = [];
    for (let sent = 0; sent < times; sent++) {
      if (underWay.length === WINDOW_UNITS) await underWay.shift();
      underWay.push(this.append(request));
    }
    const last = (await Promise.all(underWay)).at(-1);
    if (last === undefined) throw new Error("nothing was to be appended");
    return last;
  }

  close(): void {
    this.#stream.close();
  }

  #onAnswer(message: Uint8Array): void {
    const atMs = monotonicMs();
    const { outcome } = fromBinary(AppendStreamResponseSchema, message);
    const waiting = this.#waiting.shift();
    if (outcome.case === "appended") waiting?.resolve({ headPosition: Number(outcome.value.headPosition), atMs });
    else waiting?.reject(new Error(`a unit was refused: ${outcome.value?.message}`));
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** A unit of so many entries of a size, as it goes over the wire. */
export function appendStreamRequest(segmentId: string, unit: { readonly entries: number; readonly entryBytes: number }): Uint8Array {
  const entries = conversationEntries(unit.entries, unit.entryBytes).map((entry) => fromBinary(EntrySchema, entry));
  const append = { segmentId, entries };
  return grpcMessage(toBinary(AppendStreamRequestSchema, create(AppendStreamRequestSchema, { append })));
}

/** Appends so many entries to a segment, rounded up to whole units of 100, and gives the last acknowledgement. */
export async function fillSegment(caller: RawCaller, segmentId: string, entries: number, entryBytes = 600): Promise<Acknowledgement> {
  const stream = new AppendStream(caller);
  const perUnit = Math.min(entries, 100);
  try {
    return await stream.appendMany(appendStreamRequest(segmentId, { entries: perUnit, entryBytes }), Math.ceil(entries / perUnit));
  } finally {
    stream.close();
  }
}
