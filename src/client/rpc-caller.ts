import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Client, CallOptions as GrpcCallOptions, Metadata } from "@grpc/grpc-js";
import { type TypedMethodDefinition, typedMethodDefinition } from "../contract/rpc-definitions.js";
import { cancelledError, clientError } from "./client-error.js";
import { sendRequests } from "./send-requests.js";

/** What may be said with each call. */
export interface CallOptions {
  /** Aborts the call. */
  readonly signal?: AbortSignal;
  /** How long the call may take, in milliseconds; for ever where unset. */
  readonly deadlineMs?: number;
}

/** Requests of a stream, as they come. */
export type Requests<I> = AsyncIterable<I> | Iterable<I>;

/** What the methods of a client have in common. */
export interface CallerParts {
  readonly client: Client;
  /** What is called, as a person would say it. */
  readonly target: string;
  /** What every call is sent with. */
  readonly newMetadata: () => Metadata;
}

/** One method of a service, callable in each of the four ways; which one it is, is the contract's to say. */
export class RpcCaller<I extends DescMessage, O extends DescMessage> {
  readonly #client: Client;
  readonly #target: string;
  readonly #newMetadata: () => Metadata;
  readonly #definition: TypedMethodDefinition<MessageInitShape<I>, MessageShape<O>>;

  constructor({ client, target, newMetadata }: CallerParts, method: DescMethod & { readonly input: I; readonly output: O }) {
    this.#client = client;
    this.#target = target;
    this.#newMetadata = newMetadata;
    this.#definition = typedMethodDefinition(method);
  }

  readonly unary = (request: MessageInitShape<I>, options: CallOptions = {}): Promise<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    return this.#single(options, (callOptions, callback) =>
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, this.#newMetadata(), callOptions, callback),
    );
  };

  readonly clientStreaming = (requests: Requests<MessageInitShape<I>>, options: CallOptions = {}): Promise<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    const ended = new AbortController();
    const failure = new FirstFailure();
    const response = this.#single(options, (callOptions, callback) => {
      const call = this.#client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        this.#newMetadata(),
        callOptions,
        callback,
      );
      sendRequests(call, requests, ended.signal).catch((error: unknown) => {
        failure.set(error);
        call.cancel();
      });
      return call;
    });
    return response.catch(failure.rethrow).finally(() => ended.abort());
  };

  readonly serverStreaming = (request: MessageInitShape<I>, options: CallOptions = {}): AsyncIterable<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    return this.#stream(options, (callOptions) =>
      this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, this.#newMetadata(), callOptions),
    );
  };

  readonly bidiStreaming = (requests: Requests<MessageInitShape<I>>, options: CallOptions = {}): AsyncIterable<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    return this.#stream(options, (callOptions, ended, failure) => {
      const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#newMetadata(), callOptions);
      sendRequests(call, requests, ended).catch((error: unknown) => {
        failure.set(error);
        call.cancel();
      });
      return call;
    });
  };

  async #single(
    options: CallOptions,
    start: (options: GrpcCallOptions, callback: (error: unknown, response?: MessageShape<O>) => void) => { cancel(): void },
  ): Promise<MessageShape<O>> {
    if (options.signal?.aborted) throw cancelledError(options.signal.reason);
    let undo = () => {};
    try {
      return await new Promise<MessageShape<O>>((resolve, reject) => {
        const call = start(grpcOptions(options), (error, response) => {
          if (response === undefined || error) reject(error);
          else resolve(response);
        });
        undo = onAbort(options.signal, () => call.cancel());
      });
    } catch (error) {
      throw clientError(error, this.#target);
    } finally {
      undo();
    }
  }

  /** Each iteration is a call of its own, which begins with it and ends with it. */
  async *#stream(
    options: CallOptions,
    start: (options: GrpcCallOptions, ended: AbortSignal, failure: FirstFailure) => AsyncIterable<MessageShape<O>> & StreamedCall,
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    if (options.signal?.aborted) throw cancelledError(options.signal.reason);
    const ended = new AbortController();
    const failure = new FirstFailure();
    const call = start(grpcOptions(options), ended.signal, failure);
    call.on("error", () => {}); // the loop below throws it; one that comes after the loop was left is no news
    const undo = onAbort(options.signal, () => call.cancel());
    try {
      yield* call;
    } catch (error) {
      failure.rethrow(clientError(error, this.#target));
    } finally {
      undo();
      ended.abort();
      call.cancel();
    }
  }
}

interface StreamedCall {
  cancel(): void;
  on(event: "error", listener: () => void): unknown;
}

/** What a stream's own requests threw: the caller's error, which comes before the cancellation that it led to. */
class FirstFailure {
  #failure: { readonly error: unknown } | undefined;

  set(error: unknown): void {
    this.#failure ??= { error };
  }

  readonly rethrow = (error: unknown): never => {
    throw this.#failure === undefined ? error : this.#failure.error;
  };
}

function grpcOptions({ deadlineMs }: CallOptions): GrpcCallOptions {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}

function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  signal?.addEventListener("abort", abort, { once: true });
  return () => signal?.removeEventListener("abort", abort);
}
