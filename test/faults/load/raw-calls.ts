import { Client, credentials } from "@grpc/grpc-js";
import { SegmentService } from "../../../gen/seglog/v1/segment_service_pb.js";
import { clientError } from "../../../src/client/client-error.js";

type MethodName = keyof (typeof SegmentService)["method"];

/** A connection to a daemon on which bytes are sent and got as they are. Failures are SegmentClientErrors. */
export class RawCalls {
  readonly #client: Client;
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  }

  /** Calls a method of one request and one answer. */
  answer(method: MethodName, request: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(pathOf(method), asBuffer, asBuffer, request, (error, answer) => {
        if (answer === undefined) reject(clientError(error, this.#socket));
        else resolve(answer);
      });
    });
  }

  /** Calls a method of one request and many answers; the call ends when the loop is left. */
  async *answers(method: MethodName, request: Uint8Array, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const call = this.#client.makeServerStreamRequest(pathOf(method), asBuffer, asBuffer, request);
    call.on("error", () => {}); // the loop throws it
    const cancel = () => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      yield* call;
    } catch (error) {
      throw clientError(error, this.#socket);
    } finally {
      signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
  }

  close(): void {
    this.#client.close();
  }
}

function asBuffer(message: Uint8Array): Buffer {
  return Buffer.from(message);
}

function pathOf(method: MethodName): string {
  return `/${SegmentService.typeName}/${SegmentService.method[method].name}`;
}
