import type { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BidiStreaming, ClientStreaming, ServerStreaming, Unary } from "../service/handlers.js";

/** The shape of a handler, by the kind of its method. */
export interface HandlerOfKind<Deps> {
  readonly unary: Unary<Deps>;
  readonly server_streaming: ServerStreaming<Deps>;
  readonly client_streaming: ClientStreaming<Deps>;
  readonly bidi_streaming: BidiStreaming<Deps>;
}

type Methods = (typeof SegmentService)["method"];

/** The handler of every method of SegmentService, by its camelCase name. */
export type HandlerTable<Deps> = {
  readonly [Name in keyof Methods]: HandlerOfKind<Deps>[Methods[Name]["methodKind"]];
};
