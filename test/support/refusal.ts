import { fromBinary } from "@bufbuild/protobuf";
import { anyIs, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { expect } from "vitest";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import { SegmentClientError } from "../../src/client/client-error.js";
import { ERROR_DETAILS_TRAILER } from "../../src/contract/error-details.js";

/** Why a call was refused. */
export interface Refusal {
  /** Name of the status code, such as `ABORTED`. */
  readonly code: string;
  readonly message: string;
  /** As in ErrorInfo; undefined where gRPC itself refused. */
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields at fault, as in BadRequest. */
  readonly fields: readonly string[];
}

/**
 * Why the service refused a call. Fails the test where it went well, or where the error does not carry exactly one
 * ErrorInfo of the service, in a google.rpc.Status that agrees with the call's own.
 */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const { error, cause } = await failureOf(call);
  const trailers = cause.metadata.get(ERROR_DETAILS_TRAILER);
  expect(trailers, `details of "${error.message}"`).toHaveLength(1);
  const status = fromBinary(StatusSchema, Buffer.from(trailers[0] ?? ""));
  const infos = status.details.filter((detail) => anyIs(detail, ErrorInfoSchema)).map((detail) => anyUnpack(detail, ErrorInfoSchema));
  expect(infos, `ErrorInfo of "${error.message}"`).toHaveLength(1);
  expect(infos[0]?.domain).toBe("seglog");
  expect({ code: status.code, message: status.message }).toEqual({ code: error.code, message: error.message });

  const fields = status.details.flatMap((detail) => anyUnpack(detail, BadRequestSchema)?.fieldViolations ?? []).map(({ field }) => field);
  return { code: error.codeName, message: error.message, reason: infos[0]?.reason, metadata: infos[0]?.metadata ?? {}, fields };
}

/** Why gRPC refused a call before the service saw it. Fails the test where the error is of the service. */
export async function grpcRefusalOf(call: Promise<unknown>): Promise<Refusal> {
  const { error, cause } = await failureOf(call);
  expect(cause.metadata.get(ERROR_DETAILS_TRAILER), `details of "${error.message}"`).toEqual([]);
  return { code: error.codeName, message: error.message, reason: undefined, metadata: {}, fields: [] };
}

async function failureOf(call: Promise<unknown>): Promise<{ readonly error: SegmentClientError; readonly cause: ServiceError }> {
  const error: unknown = await call.then(
    () => new Error("the call went well"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SegmentClientError)) throw error;
  const { cause } = error;
  if (!isServiceError(cause)) throw error;
  return { error, cause };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "metadata" in error && error.metadata instanceof Metadata;
}
