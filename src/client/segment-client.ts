import { resolve } from "node:path";
import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { type CallOptions, type Requests, RpcCaller } from "./rpc-caller.js";

/** Where the daemon is: its socket's path, or a `host:port`. */
export type SegmentClientTarget = { readonly socket: string } | { readonly address: string };

/** Settings of a client. */
export interface SegmentClientOptions {
  /** Settings of the grpc-js channel beneath, put over those of this client. */
  readonly channel?: ChannelOptions;
}

type Methods = (typeof SegmentService)["method"];

type ClientMethod<M> = M extends {
  readonly methodKind: infer Kind;
  readonly input: infer I extends DescMessage;
  readonly output: infer O extends DescMessage;
}
  ? {
      unary: (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>;
      client_streaming: (requests: Requests<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>;
      server_streaming: (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>;
      bidi_streaming: (requests: Requests<MessageInitShape<I>>, options?: CallOptions) => AsyncIterable<MessageShape<O>>;
    }[Kind & ("unary" | "client_streaming" | "server_streaming" | "bidi_streaming")]
  : never;

/** The methods of SegmentService by their camelCase names, and the end of the connection. */
export type SegmentClient = { readonly [Name in keyof Methods]: ClientMethod<Methods[Name]> } & {
  /** Ends what is open and the connection. */
  close(): void;
};

/**
 * A client of the daemon.
 *
 * - Failures are SegmentClientError. Without a daemon a call fails at once with UNAVAILABLE; a later call tries again.
 * - A stream of answers is a call that begins when it is iterated and is aborted when the loop is left.
 * - Streams are paced both ways: what is not read is not fetched, and requests are taken when there is room for them.
 */
export function createSegmentClient(target: SegmentClientTarget, options: SegmentClientOptions = {}): SegmentClient {
  const place = "socket" in target ? resolve(target.socket) : target.address;
  const uri = "socket" in target ? `unix:${place}` : place;
  const client = new Client(uri, credentials.createInsecure(), { ...CHANNEL_OPTIONS, ...options.channel });
  const methods = SegmentService.methods.map((method) => {
    const caller = new RpcCaller(client, place, method);
    const call = {
      unary: caller.unary,
      client_streaming: caller.clientStreaming,
      server_streaming: caller.serverStreaming,
      bidi_streaming: caller.bidiStreaming,
    };
    return [method.localName, call[method.methodKind]];
  });
  // Built from the same descriptors as the type, which fromEntries cannot follow.
  return { ...Object.fromEntries(methods), close: () => client.close() } as SegmentClient;
}

const CHANNEL_OPTIONS: ChannelOptions = {
  "grpc.use_local_subchannel_pool": 1, // so that close() closes the connection, whoever else talks to the same daemon
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2000,
  "grpc.enable_channelz": 0,
};
