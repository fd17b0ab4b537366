import { DEFAULT_NAMESPACE } from "../model/caller.js";
import type { Sight } from "../model/namespace.js";
import type { ServiceDeps } from "./deps.js";
import type { CallContext } from "./handlers.js";

/** A use case of any kind. */
type UseCase = (deps: ServiceDeps, request: never, call: CallContext) => unknown;

/**
 * Use cases that are each given the store as the caller of the call has it. Here alone is said what a caller sees: a use case
 * knows one store, and need not ask.
 */
export function seenByCaller<UseCases extends Readonly<Record<string, UseCase>>>(useCases: UseCases): UseCases {
  const seeing = Object.entries(useCases).map(([name, useCase]): [string, UseCase] => [
    name,
    (deps, request, call) => useCase(depsFor(deps, call.caller), request, call),
  ]);
  return Object.fromEntries(seeing) as UseCases; // each takes and gives what it did before
}

/** What was made for the sights that came before: as many as there are namespaces. */
interface SeenDeps {
  readonly ofAll: Map<string, ServiceDeps>;
  readonly ofOne: Map<string, ServiceDeps>;
}

const seenDeps = new WeakMap<ServiceDeps, SeenDeps>();

function depsFor(deps: ServiceDeps, { seesAll, namespace }: Sight): ServiceDeps {
  // As they are, they are those of who sees all and creates in the default namespace.
  if (seesAll && namespace === DEFAULT_NAMESPACE) return deps;
  const seen = seenDeps.get(deps) ?? { ofAll: new Map(), ofOne: new Map() };
  const bySight = seesAll ? seen.ofAll : seen.ofOne;
  const known = bySight.get(namespace);
  if (known !== undefined) return known;
  const sight = { seesAll, namespace };
  const store = deps.store.seenBy(sight);
  const made = { ...deps, store, feed: deps.feed.seenBy(sight, store) };
  bySight.set(namespace, made);
  seenDeps.set(deps, seen);
  return made;
}
