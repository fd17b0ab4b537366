import { once } from "node:events";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { clientError } from "../../src/client/client-error.js";

type MethodName = keyof (typeof SegmentService)["method"];

/** SegmentService for a client that encodes and decodes for itself, with the limits of default clients. */
export interface RawService {
  /** Calls a method that gives one answer. */
  answer(method: MethodName, ...requests: Uint8Array[]): Promise<Buffer>;
  /** Calls a method that gives many answers; the call ends when the loop is left. */
  answers(method: MethodName, ...requests: Uint8Array[]): AsyncIterable<Buffer>;
}

/** Connects a raw client, until the test is finished. */
export function rawService(socket: string): RawService {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const bytes = (message: Uint8Array) => Buffer.from(message);
  return {
    answer: (method, ...requests) =>
      new Promise((resolve, reject) => {
        const call = client.makeClientStreamRequest(pathOf(method), bytes, bytes, new Metadata(), (error, answer) => {
          if (answer === undefined) reject(clientError(error, socket));
          else resolve(answer);
        });
        for (const request of requests) call.write(request);
        call.end();
      }),
    async *answers(method, ...requests) {
      const call = client.makeBidiStreamRequest(pathOf(method), bytes, bytes);
      call.on("error", () => {}); // the loop throws it
      try {
        for (const request of requests) {
          if (!call.write(request)) await once(call, "drain");
        }
        call.end();
        yield* call;
      } catch (error) {
        throw clientError(error, socket);
      } finally {
        call.cancel();
      }
    },
  };
}

function pathOf(method: MethodName): string {
  return `/${SegmentService.typeName}/${SegmentService.method[method].name}`;
}
