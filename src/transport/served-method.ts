import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { rpcPath } from "../contract/rpc-definitions.js";
import type { AdminHandlerTable, HandlerOfKind, HandlerTable } from "./handler-table.js";

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
  return methodsOf(SegmentService, handlers);
}

/** The methods of AdminService that have a handler. */
export function adminMethods<Deps>(handlers: Partial<AdminHandlerTable<Deps>>): readonly ServedMethod<Deps>[] {
  return methodsOf(AdminService, handlers);
}

function methodsOf<Deps>(service: DescService, handlers: Readonly<Record<string, unknown>>): readonly ServedMethod<Deps>[] {
  return service.methods.flatMap((method) => {
    const handler = handlers[method.localName];
    if (handler === undefined) return [];
    // The table's type ties each name to a handler of its method's kind, which a look-up by string forgets.
    return [{ path: rpcPath(method), name: method.name, kind: method.methodKind, handler } as ServedMethod<Deps>];
  });
}
