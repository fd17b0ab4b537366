import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { GetStatusRequestSchema, GetStatusResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";

/** Describes the daemon and its store. */
export async function getStatus(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  decodeRequest(GetStatusRequestSchema, bytes);
  const store = await deps.store.status();
  return encode(GetStatusResponseSchema, {
    storeId: store.storeId,
    version: deps.version,
    formatVersion: store.formatVersion,
    startTime: timestampFromMs(deps.startMs),
    headPosition: BigInt(store.headPosition),
    tailCount: deps.tails.tailCount,
    storeByteSize: BigInt(store.byteSize),
    limits: Object.fromEntries(Object.entries(deps.limits).map(([name, value]) => [snakeCase(name), BigInt(value)])),
    draining: deps.stopping.aborted,
  });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
