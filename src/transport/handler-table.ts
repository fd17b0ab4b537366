import type { DescMethod } from "@bufbuild/protobuf";
import type { BidiStreaming, ClientStreaming, ServerStreaming, Unary } from "../service/handlers.js";

/** The shape of a handler, by the kind of its method. */
export interface HandlerOfKind<Deps> {
  readonly unary: Unary<Deps>;
  readonly server_streaming: ServerStreaming<Deps>;
  readonly client_streaming: ClientStreaming<Deps>;
  readonly bidi_streaming: BidiStreaming<Deps>;
}

/** The methods of a service by their camelCase names, as its descriptor has them. */
export type MethodsByName = Readonly<Record<string, DescMethod>>;

/** The handler of every method of a service, by its camelCase name. */
export type HandlerTable<Deps, Methods extends MethodsByName> = {
  readonly [Name in keyof Methods]: HandlerOfKind<Deps>[Methods[Name]["methodKind"]];
};
