import type { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import type { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BidiStreaming, ClientStreaming, ServerStreaming, Unary } from "../service/handlers.js";

/** The shape of a handler, by the kind of its method. */
export interface HandlerOfKind<Deps> {
  readonly unary: Unary<Deps>;
  readonly server_streaming: ServerStreaming<Deps>;
  readonly client_streaming: ClientStreaming<Deps>;
  readonly bidi_streaming: BidiStreaming<Deps>;
}

type HandlersOf<Methods extends Readonly<Record<string, { readonly methodKind: keyof HandlerOfKind<unknown> }>>, Deps> = {
  readonly [Name in keyof Methods]: HandlerOfKind<Deps>[Methods[Name]["methodKind"]];
};

/** The handler of every method of SegmentService, by its camelCase name. */
export type HandlerTable<Deps> = HandlersOf<(typeof SegmentService)["method"], Deps>;

/** The handler of every method of AdminService, by its camelCase name. */
export type AdminHandlerTable<Deps> = HandlersOf<(typeof AdminService)["method"], Deps>;
