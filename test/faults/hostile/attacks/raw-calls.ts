import { Client, credentials } from "@grpc/grpc-js";
import { SegmentService } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { pathOf } from "../call-paths.js";

/** Method names of SegmentService. */
export type MethodName = keyof typeof SegmentService.method;

/** All of them. */
export const METHOD_NAMES = Object.keys(SegmentService.method) as readonly MethodName[]; // a mapped type of these keys

/** Sends messages to methods as they are, whatever they are. */
export class RawCalls {
  readonly #client: Client;

  constructor(socket: string) {
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  }

  /** The status of a call with this one message, once it has an answer or an error; 0 where it went well. */
  call(method: MethodName, message: Uint8Array): Promise<number> {
    const identity = (bytes: Uint8Array) => Buffer.from(bytes);
    return new Promise((resolve) => {
      const call = this.#client.makeBidiStreamRequest(pathOf(method), identity, identity, { deadline: Date.now() + 60_000 });
      call.once("error", ({ code }: Error & { readonly code?: number }) => resolve(code ?? -1));
      call.once("data", () => {
        resolve(0);
        // It would go on. Others end by themselves: nghttp2 ends a connection that resets more than 33 calls a second for long.
        if (method === "tail") call.cancel();
      });
      call.once("end", () => resolve(0));
      call.on("error", () => {});
      call.write(message);
      call.end();
    });
  }

  close(): void {
    this.#client.close();
  }
}
