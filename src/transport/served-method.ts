import type { DescMethod } from "@bufbuild/protobuf";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { rpcPath } from "../contract/rpc-definitions.js";
import type { HandlerOfKind, HandlerTable } from "./handler-table.js";

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

/** The methods of SegmentService that have a handler. */
export function segmentMethods<Deps>(handlers: Partial<HandlerTable<Deps>>): readonly ServedMethod<Deps>[] {
  return SegmentService.methods.flatMap((method) => {
    const handler = handlers[method.localName as keyof HandlerTable<Deps>]; // descriptors have their names as strings
    if (handler === undefined) return [];
    // The table's type ties each name to a handler of its method's kind, which a look-up by string forgets.
    return [{ path: rpcPath(method), name: method.name, kind: method.methodKind, handler } as ServedMethod<Deps>];
  });
}
