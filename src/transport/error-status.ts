import { Metadata } from "@grpc/grpc-js";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { ERROR_DETAILS_TRAILER, encodeErrorDetails, errorText } from "../contract/error-details.js";
import { STATUS_CODE_OF_REASON } from "../contract/status-code.js";
import { isSeglogError, type SeglogError } from "../model/errors.js";

/** An error as grpc-js sends it. */
export interface ErrorStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/**
 * The status that answers a failed call.
 *
 * @param onUnexpected is told of what nobody foresaw, which the caller only learns to be INTERNAL
 */
export function errorStatus(error: unknown, onUnexpected: (error: unknown) => void): ErrorStatus {
  if (isSeglogError(error)) return foreseen(error);
  onUnexpected(error);
  return { code: Code.INTERNAL, details: "internal error" };
}

function foreseen(error: SeglogError): ErrorStatus {
  const metadata = new Metadata();
  metadata.set(ERROR_DETAILS_TRAILER, Buffer.from(encodeErrorDetails(error)));
  return { code: STATUS_CODE_OF_REASON[error.reason], details: errorText(error), metadata };
}
