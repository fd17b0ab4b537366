import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { service as healthDefinition } from "grpc-health-check";

/** What a daemon says of itself. */
export interface Health {
  /** As grpc.health.v1 has it, such as `SERVING`; `UNREACHABLE` where there was no answer. */
  readonly status: string;
  /** Why it is not to be used; undefined where it serves. */
  readonly problem: string | undefined;
}

/** Asks grpc.health.v1 whether the daemon on a socket serves. Never waits longer than `timeoutMs` milliseconds. */
export async function checkHealth({ socketPath, timeoutMs }: { readonly socketPath: string; readonly timeoutMs: number }): Promise<Health> {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  try {
    const status = await check(client, timeoutMs);
    return { status, problem: status === "SERVING" ? undefined : `the daemon at ${socketPath} says that it is ${status}` };
  } catch (error) {
    const reason = error instanceof Error && "details" in error ? String(error.details) : String(error);
    return { status: "UNREACHABLE", problem: `no daemon answers at ${socketPath} (${reason}); start it with: seglog serve` };
  } finally {
    client.close();
  }
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
