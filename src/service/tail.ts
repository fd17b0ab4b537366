import { durationMs } from "@bufbuild/protobuf/wkt";
import { type TailRequest, TailRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { kindFilterOf } from "../model/entry-kinds.js";
import { draining, invalidField } from "../model/errors.js";
import { HEARTBEAT_DEFAULT_MS, HEARTBEAT_MIN_MS } from "../model/limits.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import { follow } from "../tail/follow.js";
import { encodeResumeToken } from "../tail/resume-token.js";
import type { ServiceDeps } from "./deps.js";
import type { CallContext } from "./handlers.js";
import { tailMessage } from "./tail-message.js";
import { startOfTail } from "./tail-start.js";

/** The longest wait that a timer can have, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Follows a segment, a session or the store: what is there, then what comes. */
export async function* tail(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): AsyncIterable<Uint8Array> {
  const { store, tails, feed, nowMs } = deps;
  const request = decodeRequest(TailRequestSchema, bytes);
  const heartbeatMs = heartbeatOf(request);
  const kinds = kindFilterOf(request.kinds);
  const { storeId } = await store.status();
  const start = await startOfTail(store, storeId, request, call.caller);

  const token = (position: number) => encodeResumeToken({ storeId, scope: start.scope, position });
  if (start.deletion !== undefined) {
    const { position } = start.deletion;
    yield tailMessage({ type: "event", position, event: start.deletion }, token(position), nowMs());
    return;
  }

  const watch = tails.watch(start.scope, { namespace: call.caller.namespace, connection: call.connection });
  const ending = endingSignal(call.signal, deps.stopping);
  try {
    for await (const step of follow(feed, watch, start, { kinds, heartbeatMs, signal: ending.signal })) {
      yield tailMessage(step, token(step.position), nowMs());
    }
    if (deps.stopping.aborted) throw draining();
  } finally {
    ending.close();
    watch.close();
  }
}

function heartbeatOf({ heartbeatInterval }: TailRequest): number {
  if (heartbeatInterval === undefined) return HEARTBEAT_DEFAULT_MS;
  const heartbeatMs = durationMs(heartbeatInterval);
  if (heartbeatMs < HEARTBEAT_MIN_MS) throw invalidField("heartbeat_interval", `is below ${HEARTBEAT_MIN_MS} ms`);
  return Math.min(heartbeatMs, TIMER_MS_MAX);
}

/** Aborts with the first of two signals, and leaves no listener on either once closed. */
function endingSignal(first: AbortSignal, second: AbortSignal): { readonly signal: AbortSignal; close(): void } {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const signal of [first, second]) {
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  }
  const close = () => {
    for (const signal of [first, second]) signal.removeEventListener("abort", end);
  };
  return { signal: ending.signal, close };
}
