import { setMaxListeners } from "node:events";
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Client, CallOptions as GrpcCallOptions, Metadata } from "@grpc/grpc-js";
import { type TypedMethodDefinition, typedMethodDefinition } from "../contract/rpc-definitions.js";
import { cancelledError, clientError } from "./client-error.js";
import { isRepeatable, Retries } from "./retries.js";
import { sendRequests } from "./send-requests.js";

/** What may be said with each call. */
export interface CallOptions {
  /** Aborts the call. */
  readonly signal?: AbortSignal;
  /** How long the call may take, with all its tries, in milliseconds; for ever where neither it nor the client says. */
  readonly deadlineMs?: number;
  /** How long the call is tried again where that is safe, in milliseconds; as long as the client says where unset. */
  readonly retryForMs?: number;
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
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  /** How long a call that can be repeated is tried again, in milliseconds. */
  readonly retryForMs: number;
  /** How long a call of one answer may take where it does not say, in milliseconds. */
  readonly deadlineMs: number | undefined;
}

/** One method of a service, callable in each of the four ways; which one it is, is the contract's to say. */
export class RpcCaller<I extends DescMessage, O extends DescMessage> {
  readonly #client: Client;
  readonly #target: string;
  readonly #newMetadata: () => Metadata;
  readonly #closed: AbortSignal;
  readonly #retryForMs: number;
  readonly #deadlineMs: number | undefined;
  readonly #method: DescMethod;
  readonly #definition: TypedMethodDefinition<MessageInitShape<I>, MessageShape<O>>;

  constructor(
    { client, target, newMetadata, closed, retryForMs, deadlineMs }: CallerParts,
    method: DescMethod & { readonly input: I; readonly output: O },
  ) {
    this.#client = client;
    this.#target = target;
    this.#newMetadata = newMetadata;
    this.#closed = closed;
    this.#retryForMs = retryForMs;
    this.#deadlineMs = deadlineMs;
    this.#method = method;
    this.#definition = typedMethodDefinition(method);
  }

  readonly unary = async (request: MessageInitShape<I>, options: CallOptions = {}): Promise<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    const until = { ...options, ...deadlineOf({ deadlineMs: options.deadlineMs ?? this.#deadlineMs }) };
    const retries = this.#retriesOf(request, options);
    for (;;) {
      try {
        return await this.#single(until, (callOptions, callback) =>
          this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, this.#newMetadata(), callOptions, callback),
        );
      } catch (error) {
        await retries.wait(error, until);
      }
    }
  };

  readonly clientStreaming = (requests: Requests<MessageInitShape<I>>, options: CallOptions = {}): Promise<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    const ended = new AbortController();
    const failure = new FirstFailure();
    const response = this.#single({ ...options, ...deadlineOf(options) }, (callOptions, callback) => {
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

  readonly serverStreaming = (request: MessageInitShape<I>, options: CallOptions = {}): AsyncIterable<MessageShape<O>> =>
    this.#responses(request, { ...options, ...deadlineOf(options) });

  readonly bidiStreaming = (requests: Requests<MessageInitShape<I>>, options: CallOptions = {}): AsyncIterable<MessageShape<O>> => {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    return this.#stream({ ...options, ...deadlineOf(options) }, (callOptions, ended, failure) => {
      const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#newMetadata(), callOptions);
      sendRequests(call, requests, ended).catch((error: unknown) => {
        failure.set(error);
        call.cancel();
      });
      return call;
    });
  };

  /** The answers of a call, which is made again as long as nothing came: what has been given is not taken back. */
  async *#responses(request: MessageInitShape<I>, options: DatedOptions): AsyncGenerator<MessageShape<O>, void, undefined> {
    const { path, requestSerialize, responseDeserialize } = this.#definition;
    const retries = this.#retriesOf(request, options);
    let hasGiven = false;
    for (;;) {
      try {
        const messages = this.#stream(options, (callOptions) =>
          this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, this.#newMetadata(), callOptions),
        );
        for await (const message of messages) {
          hasGiven = true;
          yield message;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
        await retries.wait(error, options);
      }
    }
  }

  #retriesOf(request: MessageInitShape<I>, { retryForMs = this.#retryForMs }: Pick<CallOptions, "retryForMs">): Retries {
    return new Retries(isRepeatable(this.#method, request) ? retryForMs : 0);
  }

  async #single(
    options: DatedOptions,
    start: (options: GrpcCallOptions, callback: (error: unknown, response?: MessageShape<O>) => void) => { cancel(): void },
  ): Promise<MessageShape<O>> {
    this.#checkOpen(options);
    let undo = () => {};
    try {
      return await new Promise<MessageShape<O>>((resolve, reject) => {
        const call = start(grpcOptions(options), (error, response) => {
          if (response === undefined || error) reject(error);
          else resolve(response);
        });
        undo = onAbort([options.signal, this.#closed], () => call.cancel());
      });
    } catch (error) {
      throw clientError(error, this.#target);
    } finally {
      undo();
    }
  }

  #checkOpen({ signal }: DatedOptions): void {
    if (this.#closed.aborted) throw cancelledError("the client is closed", this.#closed.reason);
    if (signal?.aborted === true) throw cancelledError("the call was aborted before it began", signal.reason);
  }

  /** Each iteration is a call of its own, which begins with it and ends with it. */
  async *#stream(
    options: DatedOptions,
    start: (options: GrpcCallOptions, ended: AbortSignal, failure: FirstFailure) => AsyncIterable<MessageShape<O>> & StreamedCall,
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    this.#checkOpen(options);
    const ended = new AbortController();
    const failure = new FirstFailure();
    const call = start(grpcOptions(options), ended.signal, failure);
    call.on("error", () => {}); // the loop below throws it; one that comes after the loop was left is no news
    const undo = onAbort([options.signal, this.#closed], () => call.cancel());
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

/** Options of a call that is under way: its deadline is a date, so that all its tries share it. */
interface DatedOptions {
  readonly signal?: AbortSignal;
  readonly deadline?: number;
  readonly retryForMs?: number;
}

function deadlineOf({ deadlineMs }: { readonly deadlineMs?: number | undefined }): Pick<DatedOptions, "deadline"> {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}

function grpcOptions({ deadline }: DatedOptions): GrpcCallOptions {
  return deadline === undefined ? {} : { deadline };
}

function onAbort(signals: readonly (AbortSignal | undefined)[], abort: () => void): () => void {
  for (const signal of signals) {
    if (signal === undefined) continue;
    setMaxListeners(0, signal); // as many as there are calls
    signal.addEventListener("abort", abort, { once: true });
  }
  return () => {
    for (const signal of signals) signal?.removeEventListener("abort", abort);
  };
}
