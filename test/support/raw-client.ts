import { Client, credentials } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";

/** A client that sends and gets whatever bytes a test likes, until the test is finished. */
export interface RawClient {
  /** Sends one message and resolves to the status code; 0 where it went well. */
  call(path: string, request: Uint8Array): Promise<number>;
  /** Sends messages and resolves to the bytes of the first answer, or to the error. */
  stream(path: string, requests: readonly Uint8Array[]): Promise<unknown>;
}

/** Connects a raw client. */
export function rawClient(socket: string): RawClient {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const identity = (bytes: Uint8Array) => Buffer.from(bytes);
  return {
    call: (path, request) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(path, identity, identity, request, (error) => resolve(error?.code ?? 0));
      }),
    stream: (path, requests) =>
      new Promise((resolve) => {
        const call = client.makeBidiStreamRequest(path, identity, identity, {});
        call.once("error", resolve);
        call.once("data", (bytes: Buffer) => {
          call.cancel();
          resolve(bytes);
        });
        for (const request of requests) call.write(request);
      }),
  };
}
