/** What a use case knows of the call that it answers. */
export interface CallContext {
  /** Aborts when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
}

/** One request, one answer. Both are encoded messages of the contract. */
export type Unary<Deps> = (deps: Deps, request: Uint8Array, call: CallContext) => Promise<Uint8Array>;

/** One request, many answers; each is pulled when the transport has room for it. */
export type ServerStreaming<Deps> = (deps: Deps, request: Uint8Array, call: CallContext) => AsyncIterable<Uint8Array>;

/** Many requests, one answer. */
export type ClientStreaming<Deps> = (deps: Deps, requests: AsyncIterable<Uint8Array>, call: CallContext) => Promise<Uint8Array>;

/** Many requests, many answers. */
export type BidiStreaming<Deps> = (deps: Deps, requests: AsyncIterable<Uint8Array>, call: CallContext) => AsyncIterable<Uint8Array>;
