import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { ClientContext } from "../with-client.js";

/** The limits of the daemon that are those of an import too. */
export async function daemonLimits({ client, signal }: ClientContext): Promise<Limits> {
  const { limits } = await client.getStatus({}, { signal });
  const limit = (name: string, otherwise: number): number => Number(limits[name] ?? otherwise);
  return {
    ...DEFAULT_LIMITS,
    entryBytesMax: limit("entry_bytes_max", DEFAULT_LIMITS.entryBytesMax),
    requestBytesMax: limit("request_bytes_max", DEFAULT_LIMITS.requestBytesMax),
  };
}
