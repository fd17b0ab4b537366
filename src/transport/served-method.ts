import type { DescMethod } from "@bufbuild/protobuf";
import type { HandlerOfKind } from "./handler-table.js";

type Kind = DescMethod["methodKind"];

/** A method on the socket, and what answers it. */
export type ServedMethod<Deps> = {
  [K in Kind]: {
    /** What stands in `:path`. */
    readonly path: string;
    readonly name: string;
    readonly kind: K;
    readonly handler: HandlerOfKind<Deps>[K];
  };
}[Kind];
