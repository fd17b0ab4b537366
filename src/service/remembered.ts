import { createHash } from "node:crypto";
import type { DescMethod } from "@bufbuild/protobuf";
import type { Outcome, Remembered } from "../store/store-writes.js";
import type { ServiceDeps } from "./deps.js";

const DIGEST_BYTES = 16;

/** A request as its retry would send it again. */
export interface Retryable {
  readonly method: DescMethod;
  /** The request's id; empty where the caller gave none. */
  readonly requestId: string;
  /** The request as sent: what "the same content" is judged by. */
  readonly request: Uint8Array;
  /** Called where it was answered before, ahead of any write behind it. */
  readonly onReplay?: (answer: Uint8Array) => void;
}

/**
 * Runs a write once for its request id and gives the answer's bytes: the first ones again, with
 * `replayed`, where the request was answered before.
 */
export async function answerOnce<Result>(
  retryable: Retryable,
  encodeAnswer: (result: Result) => Uint8Array,
  write: (remember: Remembered<Result> | undefined) => Promise<Outcome<Result>>,
): Promise<Uint8Array> {
  const key = requestKey(retryable);
  const { onReplay } = retryable;
  const outcome = await write(key === undefined ? undefined : { ...key, encodeAnswer, ...(onReplay && { onReplay }) });
  return outcome.replayed ? asReplayed(retryable.method, outcome.answer) : encodeAnswer(outcome.result);
}

/** The answer that a request got before, for use cases with work to do before they write. */
export async function recallAnswer(deps: ServiceDeps, retryable: Retryable): Promise<Uint8Array | undefined> {
  const key = requestKey(retryable);
  const answer = key === undefined ? undefined : await deps.store.recall(key);
  return answer === undefined ? undefined : asReplayed(retryable.method, answer);
}

function requestKey({ method, requestId, request }: Retryable): { readonly id: string; readonly digest: Uint8Array } | undefined {
  if (requestId === "") return undefined;
  const digest = createHash("sha256").update(method.name).update("\0").update(request).digest();
  return { id: requestId, digest: digest.subarray(0, DIGEST_BYTES) };
}

/** The answer with `replayed` put behind its bytes. */
function asReplayed(method: DescMethod, answer: Uint8Array): Uint8Array {
  const field = method.output.field["replayed"];
  if (field === undefined) throw new Error(`the answer of ${method.name} has no field "replayed"`);
  const replayed = new Uint8Array(answer.length + 2);
  replayed.set(answer);
  replayed.set([field.number << 3, 1], answer.length);
  return replayed;
}
