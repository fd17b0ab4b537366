import { resolve } from "node:path";
import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { type ChannelOptions, Client } from "@grpc/grpc-js";
import { type ClientTls, callMetadata, channelCredentials, checkToken } from "./client-credentials.js";
import { RETRY_FOR_MS } from "./retries.js";
import { type CallOptions, type Requests, RpcCaller } from "./rpc-caller.js";

/** Where the daemon is: its socket's path, or a `host:port`. */
export type ClientTarget = { readonly socket: string } | { readonly address: string };

/** Settings of a client. */
export interface ClientSettings {
  /** What the daemon gave to be known by, `seglog_…`; sent with every call. */
  readonly token?: string;
  /** For an address where the daemon speaks TLS. */
  readonly tls?: ClientTls;
  /**
   * How long a call is tried again, in milliseconds, while the daemon is not to be had: where that is safe, which it is
   * of methods that only read, and of writes with a request id. 5 s where unset; 0 is never.
   */
  readonly retryForMs?: number;
  /** How long a call of one request and one answer may take where it does not say, in milliseconds; for ever where unset. */
  readonly deadlineMs?: number;
  /** Settings of the grpc-js channel beneath, put over those of this client. */
  readonly channel?: ChannelOptions;
}

type MethodShapes = Readonly<Record<string, Pick<DescMethod, "input" | "output" | "methodKind">>>;

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

/** The methods of a service by their camelCase names, and the end of the connection. */
export type ServiceClient<Methods extends MethodShapes> = { readonly [Name in keyof Methods]: ClientMethod<Methods[Name]> } & {
  /** Ends what is open, with CANCELLED, and the connection; calls after that are CANCELLED too. */
  close(): void;
};

/**
 * A client of one service of the daemon; see createSegmentClient for what holds of each.
 *
 * @throws TypeError where the settings have a token that cannot be sent there
 */
export function createServiceClient<Methods extends MethodShapes>(
  service: Omit<DescService, "method"> & { readonly method: Methods },
  target: ClientTarget,
  settings: ClientSettings = {},
): ServiceClient<Methods> {
  const place = "socket" in target ? resolve(target.socket) : target.address;
  const uri = "socket" in target ? `unix:${place}` : place;
  const client = new Client(uri, channelCredentials(settings.tls), { ...CHANNEL_OPTIONS, ...settings.channel });
  if (settings.token !== undefined)
    checkToken(settings.token, { address: "socket" in target ? undefined : target.address, tls: settings.tls });
  const newMetadata = () => callMetadata(settings.token);
  const { retryForMs = RETRY_FOR_MS, deadlineMs } = settings;
  const closing = new AbortController();
  const methods = service.methods.map((method) => {
    const caller = new RpcCaller({ client, target: place, newMetadata, closed: closing.signal, retryForMs, deadlineMs }, method);
    const call = {
      unary: caller.unary,
      client_streaming: caller.clientStreaming,
      server_streaming: caller.serverStreaming,
      bidi_streaming: caller.bidiStreaming,
    };
    return [method.localName, call[method.methodKind]];
  });
  const close = () => {
    closing.abort();
    client.close();
  };
  // Built from the same descriptors as the type, which fromEntries cannot follow.
  return { ...Object.fromEntries(methods), close } as ServiceClient<Methods>;
}

const CHANNEL_OPTIONS: ChannelOptions = {
  "grpc.use_local_subchannel_pool": 1, // so that close() closes the connection, whoever else talks to the same daemon
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2000,
  "grpc.enable_channelz": 0,
};
