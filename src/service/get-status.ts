import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { GetStatusRequestSchema, GetStatusResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { type NamespaceQuota, NO_QUOTAS, quotaOf } from "../model/namespace-quota.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import type { CallContext } from "./handlers.js";

/** Describes the daemon and its store; what all namespaces come to is told those only who see all. */
export async function getStatus(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): Promise<Uint8Array> {
  decodeRequest(GetStatusRequestSchema, bytes);
  const { seesAll, namespace } = call.caller;
  const store = await deps.store.status();
  const use = await deps.store.namespaceUse();
  const tailCount = deps.tails.tailCountOf(namespace);
  const quota = quotaOf(deps.quotas ?? NO_QUOTAS, namespace);
  return encode(GetStatusResponseSchema, {
    storeId: store.storeId,
    version: deps.version,
    formatVersion: store.formatVersion,
    startTime: timestampFromMs(deps.startMs),
    headPosition: BigInt(store.headPosition),
    tailCount: seesAll ? deps.tails.tailCount : tailCount,
    storeByteSize: seesAll ? BigInt(store.byteSize) : 0n,
    limits: Object.fromEntries(Object.entries(deps.limits).map(([name, value]) => [snakeCase(name), BigInt(value)])),
    draining: deps.stopping.aborted,
    namespace: {
      namespaceId: namespace,
      tailCount,
      ...(use && { sessionCount: BigInt(use.sessionCount), byteSize: BigInt(use.byteSize) }),
      quotas: quotaMap(quota),
    },
  });
}

/** By the names that a refusal gives them too. */
function quotaMap(quota: NamespaceQuota): Record<string, bigint> {
  const set = Object.entries(quota).flatMap(([name, value]): [string, bigint][] =>
    value === undefined ? [] : [[snakeCase(name), BigInt(value)]],
  );
  return Object.fromEntries(set);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
