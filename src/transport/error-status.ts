import { Code } from "../../gen/google/rpc/code_pb.js";
import { encodeErrorDetails, errorText } from "../contract/error-details.js";
import { STATUS_CODE_OF_REASON } from "../contract/status-code.js";
import { isSeglogError, type SeglogError } from "../model/errors.js";
import { type Status, StatusError } from "./status.js";

/**
 * The status that answers a failed call.
 *
 * @param onUnexpected is told of what nobody foresaw, which the caller only learns to be INTERNAL
 */
export function errorStatus(error: unknown, onUnexpected: (error: unknown) => void): Status {
  if (isSeglogError(error)) return seglogStatus(error);
  if (error instanceof StatusError) return error;
  onUnexpected(error);
  return { code: Code.INTERNAL, message: "internal error" };
}

/** The status of an error of the service. */
export function seglogStatus(error: SeglogError): Status {
  return { code: STATUS_CODE_OF_REASON[error.reason], message: errorText(error), details: encodeErrorDetails(error) };
}
