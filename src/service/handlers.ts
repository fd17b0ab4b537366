import type { Caller } from "../model/caller.js";

/** What a use case knows of the call that it answers. */
export interface CallContext {
  /** Who calls. */
  readonly caller: Caller;
  /** Stands for the connection that it came on: the same for all of its calls. */
  readonly connection: object;
  /** Aborts when the caller goes away or its deadline passes. It is made for who asks for it: what needs none, asks for none. */
  readonly signal: AbortSignal;
}

/** One request, one answer. Both are encoded messages of the contract; an answer is not to be changed once it is given. */
export type Unary<Deps> = (deps: Deps, request: Uint8Array, call: CallContext) => Promise<Uint8Array>;

/** One request, many answers; each is pulled when the transport has room for it. */
export type ServerStreaming<Deps> = (deps: Deps, request: Uint8Array, call: CallContext) => AsyncIterable<Uint8Array>;

/**
 * Messages of a stream in groups: requests that came together, at least one, and about as many bytes as the transport
 * reads ahead or one request above that; answers that are to go together. What is per message elsewhere, such as
 * promises and writes, is per group here.
 */
export type MessageGroups = AsyncIterable<readonly Uint8Array[]>;

/** Many requests, one answer. Nothing is read on while a group waits to be taken. */
export type ClientStreaming<Deps> = (deps: Deps, requests: MessageGroups, call: CallContext) => Promise<Uint8Array>;

/** Many requests, many answers. A group of answers is pulled when the transport has room for one, however large it is. */
export type BidiStreaming<Deps> = (deps: Deps, requests: MessageGroups, call: CallContext) => MessageGroups;
