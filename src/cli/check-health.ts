import { Client, type ServiceError } from "@grpc/grpc-js";
import { service as healthDefinition } from "grpc-health-check";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { channelCredentials } from "../client/client-credentials.js";
import { clientError, SegmentClientError } from "../client/client-error.js";
import type { ToldTarget } from "./client-target.js";

/** What a daemon says of itself. */
export interface Health {
  /** As grpc.health.v1 has it, such as `SERVING`; `UNREACHABLE` where there was no answer. */
  readonly status: string;
  /** Why it is not to be used; undefined where it serves. */
  readonly problem: string | undefined;
}

/** Asks grpc.health.v1 whether a daemon serves, which needs no token. Never waits longer than `timeoutMs` milliseconds. */
export async function checkHealth({ target, settings, place }: ToldTarget, timeoutMs: number): Promise<Health> {
  const client = new Client("socket" in target ? `unix:${place}` : place, channelCredentials(settings.tls));
  try {
    const status = await check(client, timeoutMs);
    return { status, problem: status === "SERVING" ? undefined : `the daemon at ${place} says that it is ${status}` };
  } catch (error) {
    return { status: "UNREACHABLE", problem: problemOf(clientError(error, place), place, timeoutMs) };
  } finally {
    client.close();
  }
}

/** As other commands say it; a call that may take its time says nothing of how long it took. */
function problemOf(error: unknown, place: string, timeoutMs: number): string {
  if (error instanceof SegmentClientError && error.code === Code.DEADLINE_EXCEEDED)
    return `no daemon answers at ${place} within ${timeoutMs} ms; give it longer with --timeout-ms, or start it with: seglog serve`;
  return error instanceof Error ? error.message : String(error);
}

function check(client: Client, timeoutMs: number): Promise<string> {
  const method = healthDefinition.Check;
  if (method === undefined) throw new Error("the definition of grpc.health.v1 has no Check");
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, response?: object): void => {
      if (error !== null) reject(error);
      else resolve(response !== undefined && "status" in response ? String(response.status) : "UNKNOWN");
    };
    const deadline = Date.now() + timeoutMs;
    client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, { service: "" }, { deadline }, done);
  });
}
