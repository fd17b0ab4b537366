import { type handleServerStreamingCall, type handleUnaryCall, type Server, type ServerWritableStream, status } from "@grpc/grpc-js";
import { service as healthDefinition } from "grpc-health-check";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";

interface HealthRequest {
  readonly service: string;
}

interface Health {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}

const SERVICES: readonly string[] = ["", SegmentService.typeName];

/**
 * grpc.health.v1 for the daemon as a whole and for SegmentService, on the definition of grpc-health-check.
 *
 * That package's own implementation keeps every name that was ever watched, and sends names that it does not know back
 * in a header: a client could fill the memory, or break its connection.
 */
export class HealthService {
  readonly #watching = new Set<ServerWritableStream<HealthRequest, Health>>();
  #isServing: boolean;

  constructor(isServing: boolean) {
    this.#isServing = isServing;
  }

  /** Adds the service to a server. */
  addTo(server: Server): void {
    server.addService(healthDefinition, { check: this.#check, watch: this.#watch, list: this.#list });
  }

  /** Says whether requests are answered, to who asks and to who watches. */
  setServing(isServing: boolean): void {
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    for (const call of this.#watching) {
      if (SERVICES.includes(call.request.service)) call.write(this.#health);
    }
  }

  /** Says NOT_SERVING, and sends who watches away. */
  drain(): void {
    this.setServing(false);
    for (const call of this.#watching) call.emit("error", { code: status.UNAVAILABLE, details: "the daemon is stopping" });
    this.#watching.clear();
  }

  get #health(): Health {
    return { status: this.#isServing ? "SERVING" : "NOT_SERVING" };
  }

  readonly #check: handleUnaryCall<HealthRequest, Health> = (call, callback) => {
    if (SERVICES.includes(call.request.service)) callback(null, this.#health);
    else callback({ code: status.NOT_FOUND, details: "there is no such service here" });
  };

  readonly #watch: handleServerStreamingCall<HealthRequest, Health> = (call) => {
    this.#watching.add(call);
    call.once("cancelled", () => this.#watching.delete(call));
    call.write(SERVICES.includes(call.request.service) ? this.#health : { status: "SERVICE_UNKNOWN" });
  };

  readonly #list: handleUnaryCall<unknown, { readonly statuses: Record<string, Health> }> = (_call, callback) => {
    callback(null, { statuses: Object.fromEntries(SERVICES.map((service) => [service, this.#health])) });
  };
}
