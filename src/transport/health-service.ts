import type { DescService } from "@bufbuild/protobuf";
import { Code } from "../../gen/google/rpc/code_pb.js";
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

const SERVICE_PATH = "/grpc.health.v1.Health";

/** The name under which the daemon as a whole is asked for. */
const WHOLE_DAEMON = "";

/**
 * grpc.health.v1 for the daemon as a whole and for each of its services, on the definition of grpc-health-check.
 *
 * That package's own implementation keeps every name that was ever watched, and sends names that it does not know back
 * in a header: a client could fill the memory, or break its connection.
 */
export class HealthService {
  readonly #waiting = new Set<() => void>();
  readonly #names: readonly string[];
  #isServing: boolean;
  #isDraining = false;

  constructor(services: readonly DescService[], isServing: boolean) {
    this.#names = [WHOLE_DAEMON, ...services.map(({ typeName }) => typeName)];
    this.#isServing = isServing;
  }

  /** Its methods. */
  methods(): readonly ServedMethod<undefined>[] {
    return [
      { path: `${SERVICE_PATH}/Check`, name: "Check", kind: "unary", handler: this.#check() },
      { path: `${SERVICE_PATH}/Watch`, name: "Watch", kind: "server_streaming", handler: this.#watch() },
      { path: `${SERVICE_PATH}/List`, name: "List", kind: "unary", handler: this.#list() },
    ];
  }

  /** Loads what the first call would load. */
  async preload(): Promise<void> {
    await healthMethods();
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

  #check(): Unary<undefined> {
    return async (_deps, bytes) => {
      const { Check: method } = await healthMethods();
      const { service } = method.decode<HealthRequest>(bytes);
      if (!this.#names.includes(service)) throw new StatusError(Code.NOT_FOUND, "there is no such service here");
      return method.encode({ status: this.#status } satisfies Health);
    };
  }

  #list(): Unary<undefined> {
    return async (_deps, bytes) => {
      const { List: method } = await healthMethods();
      method.decode<unknown>(bytes);
      const health: Health = { status: this.#status };
      return method.encode({ statuses: Object.fromEntries(this.#names.map((service) => [service, health])) });
    };
  }

  #watch(): ServerStreaming<undefined> {
    const statusOf = (service: string) => (this.#names.includes(service) ? this.#status : "SERVICE_UNKNOWN");
    const change = (signal: AbortSignal) => this.#change(signal);
    const isDraining = () => this.#isDraining;
    return async function* (_deps, bytes, { signal }) {
      const { Watch: method } = await healthMethods();
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

/** Loaded with the first call: the package brings a whole gRPC client along, which would be a fifth of the daemon's start. */
async function healthMethods(): Promise<Readonly<Record<"Check" | "Watch" | "List", LoadedMethod>>> {
  const { service } = await import("grpc-health-check");
  return loadedMethods<"Check" | "Watch" | "List">(service);
}
