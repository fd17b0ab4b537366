import { quotaExceeded, SeglogError } from "../model/errors.js";
import type { Limits } from "../model/limits.js";
import { type NamespaceQuotas, quotaOf } from "../model/namespace-quota.js";

/** How many tails may be open. */
export type TailLimits = Pick<Limits, "tailsMax" | "tailsPerConnectionMax">;

/** Whose tail it is. */
export interface TailOwner {
  readonly namespace: string;
  /** Stands for the connection that it came on. */
  readonly connection: object;
}

/** Counts the tails that are open: in all, by connection and by namespace. */
export class TailCounts {
  readonly #limits: TailLimits;
  readonly #quotas: NamespaceQuotas;
  readonly #byConnection = new WeakMap<object, number>();
  readonly #byNamespace = new Map<string, number>();
  #total = 0;

  constructor(limits: TailLimits, quotas: NamespaceQuotas) {
    this.#limits = limits;
    this.#quotas = quotas;
  }

  get total(): number {
    return this.#total;
  }

  ofNamespace(namespace: string): number {
    return this.#byNamespace.get(namespace) ?? 0;
  }

  /**
   * Takes a place.
   *
   * @throws SeglogError TOO_MANY_TAILS, QUOTA_EXCEEDED
   */
  take(owner: TailOwner): void {
    const { namespace, connection } = owner;
    const { tailsMax, tailsPerConnectionMax } = this.#limits;
    if (this.#total >= tailsMax) throw tooMany("here", "tails_max", tailsMax);
    if (this.#ofConnection(connection) >= tailsPerConnectionMax) {
      throw tooMany("on this connection", "tails_per_connection_max", tailsPerConnectionMax);
    }
    const used = this.ofNamespace(namespace);
    const { tailsMax: quota = Number.POSITIVE_INFINITY } = quotaOf(this.#quotas, namespace);
    if (used >= quota) throw quotaExceeded({ namespace, quota: "tails_max", limit: quota, used });
    this.#add(owner, 1);
  }

  /** Gives a place back that was taken. */
  giveBack(owner: TailOwner): void {
    this.#add(owner, -1);
  }

  #ofConnection(connection: object): number {
    return this.#byConnection.get(connection) ?? 0;
  }

  #add({ namespace, connection }: TailOwner, change: 1 | -1): void {
    this.#total += change;
    this.#byConnection.set(connection, this.#ofConnection(connection) + change);
    const left = this.ofNamespace(namespace) + change;
    if (left > 0) this.#byNamespace.set(namespace, left);
    else this.#byNamespace.delete(namespace);
  }
}

function tooMany(where: string, limitName: string, limit: number): SeglogError {
  return new SeglogError("TOO_MANY_TAILS", `${limit} tails are open ${where}, and no more may be; close one first`, {
    metadata: { [limitName]: String(limit) },
  });
}
