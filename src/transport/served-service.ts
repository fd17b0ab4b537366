import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { rpcPath } from "../contract/rpc-definitions.js";
import type { CallRouter } from "./call-router.js";
import type { HandlerTable, MethodsByName } from "./handler-table.js";
import type { ServiceRules } from "./method-runner.js";
import type { ServedMethod } from "./served-method.js";

/** What holds for the calls of every service. */
export interface SharedRules extends Omit<ServiceRules<unknown>, "deps" | "admit"> {
  /** Lets each call in that its service has let in, or throws what answers it. */
  readonly admit: (method: string) => void;
}

/** A service of the contract on the socket. */
export interface ServedService {
  readonly descriptor: DescService;
  /** Has its calls answered. */
  addTo(router: CallRouter, rules: SharedRules): void;
}

/** What answers the calls of a service. */
export interface ServiceParts<Deps, Methods extends MethodsByName> {
  /** By the camelCase names of the methods; one without a handler is UNIMPLEMENTED. */
  readonly handlers: Partial<HandlerTable<Deps, Methods>>;
  /** Handed to every handler. */
  readonly deps: Deps;
  /** Lets each call in, by its method's name, or throws what answers it; lets all in where unset. */
  readonly admit?: (deps: Deps, method: string) => void;
}

/** A service with what answers its calls. */
export function servedService<Deps, Methods extends MethodsByName>(
  descriptor: Omit<DescService, "method"> & { readonly method: Methods },
  { handlers, deps, admit }: ServiceParts<Deps, Methods>,
): ServedService {
  const methods = descriptor.methods.flatMap((method) => methodOf(method, handlers));
  return {
    descriptor,
    addTo(router, rules) {
      const admitBoth = (to: Deps, method: string) => {
        admit?.(to, method);
        rules.admit(method);
      };
      router.add(methods, { ...rules, deps, admit: admitBoth });
    },
  };
}

function methodOf<Deps, Methods extends MethodsByName>(
  method: DescMethod,
  handlers: Partial<HandlerTable<Deps, Methods>>,
): readonly ServedMethod<Deps>[] {
  const handler = handlers[method.localName];
  if (handler === undefined) return [];
  // The table's type ties each name to a handler of its method's kind, which a look-up by string forgets.
  return [{ path: rpcPath(method), name: method.name, kind: method.methodKind, handler } as ServedMethod<Deps>];
}
