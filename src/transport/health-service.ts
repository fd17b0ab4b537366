import { service as healthDefinition } from "grpc-health-check";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { draining } from "../model/errors.js";
import type { ServerStreaming, Unary } from "../service/handlers.js";
import { type LoadedMethod, loadedMethods } from "./loaded-method.js";
import type { ServedMethod } from "./served-method.js";
import { StatusError } from "./status.js";

interface HealthRequest {
  readonly service: string;
}

interface Health {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}

const SERVICES: readonly string[] = ["", SegmentService.typeName, AdminService.typeName];

/**
 * grpc.health.v1 for the daemon as a whole and for each of its services, on the definition of grpc-health-check.
 *
 * That package's own implementation keeps every name that was ever watched, and sends names that it does not know back
 * in a header: a client could fill the memory, or break its connection.
 */
export class HealthService {
  readonly #waiting = new Set<() => void>();
  #isServing: boolean;
  #isDraining = false;

  constructor(isServing: boolean) {
    this.#isServing = isServing;
  }

  /** Its methods. */
  methods(): readonly ServedMethod<undefined>[] {
    const { Check, Watch, List } = loadedMethods<"Check" | "Watch" | "List">(healthDefinition);
    return [
      { path: Check.path, name: "Check", kind: "unary", handler: this.#check(Check) },
      { path: Watch.path, name: "Watch", kind: "server_streaming", handler: this.#watch(Watch) },
      { path: List.path, name: "List", kind: "unary", handler: this.#list(List) },
    ];
  }

  /** Says whether requests are answered, to who asks and to who watches. */
  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Says NOT_SERVING, and sends who watches away. */
  drain(): void {
    this.#isDraining = true;
    this.setServing(false);
  }

  /** Of a service that is here. */
  get #status(): Health["status"] {
    return this.#isServing ? "SERVING" : "NOT_SERVING";
  }

  #check(method: LoadedMethod): Unary<undefined> {
    return async (_deps, bytes) => {
      const { service } = method.decode<HealthRequest>(bytes);
      if (!SERVICES.includes(service)) throw new StatusError(Code.NOT_FOUND, "there is no such service here");
      return method.encode({ status: this.#status } satisfies Health);
    };
  }

  #list(method: LoadedMethod): Unary<undefined> {
    return async (_deps, bytes) => {
      method.decode<unknown>(bytes);
      const health: Health = { status: this.#status };
      return method.encode({ statuses: Object.fromEntries(SERVICES.map((service) => [service, health])) });
    };
  }

  #watch(method: LoadedMethod): ServerStreaming<undefined> {
    const statusOf = (service: string) => (SERVICES.includes(service) ? this.#status : "SERVICE_UNKNOWN");
    const change = (signal: AbortSignal) => this.#change(signal);
    const isDraining = () => this.#isDraining;
    return async function* (_deps, bytes, { signal }) {
      const { service } = method.decode<HealthRequest>(bytes);
      let told: Health["status"] | undefined;
      while (!signal.aborted) {
        const status = statusOf(service);
        if (status !== told) {
          yield method.encode({ status } satisfies Health);
          told = status;
        } else if (isDraining()) {
          throw draining();
        } else {
          await change(signal);
        }
      }
    };
  }

  /** Resolves when something changes, or the call is over. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}
