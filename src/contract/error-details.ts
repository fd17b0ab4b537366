import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { type Any, anyPack, anyUnpack, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { BadRequestSchema, ErrorInfoSchema, ResourceInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import type { FieldViolation, Reason, SeglogError } from "../model/errors.js";
import { STATUS_CODE_OF_REASON } from "./status-code.js";

/** Name of the trailer that carries an encoded google.rpc.Status. */
export const ERROR_DETAILS_TRAILER = "grpc-status-details-bin";

/** Domain of every ErrorInfo of the service. */
export const ERROR_DOMAIN = "seglog";

/** What an error of the service says besides its code and message. */
export interface ErrorDetails {
  /** Why, as in ErrorInfo; undefined where the error is not of the service. */
  readonly reason: string | undefined;
  /** Facts by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields at fault. */
  readonly fieldViolations: readonly FieldViolation[];
  /** After how long a retry makes sense, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Details of an error that says nothing more. */
export const NO_ERROR_DETAILS: ErrorDetails = { reason: undefined, metadata: {}, fieldViolations: [], retryAfterMs: undefined };

/** Trailers travel as headers, of which some clients take 8 KiB in all; text above this is cut, in characters. */
const TEXT_CHARS_MAX = 300;
const FIELD_VIOLATIONS_MAX = 5;

/** Encodes what an error says as google.rpc.Status. Long texts are cut and field violations after the first five left out. */
export function encodeErrorDetails(error: SeglogError): Uint8Array {
  const details = [
    anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason: error.reason, domain: ERROR_DOMAIN, metadata: cutValues(error.metadata) })),
    ...badRequest(error.fieldViolations),
    ...resourceInfo(error),
    ...retryInfo(error.retryAfterMs),
  ];
  const code = STATUS_CODE_OF_REASON[error.reason];
  return toBinary(StatusSchema, create(StatusSchema, { code, message: errorText(error), details }));
}

/** The message of an error as it is sent: cut where it is too long for a trailer, and well-formed. */
export function errorText(error: SeglogError): string {
  return cut(error.message);
}

/** Reads details back. Bytes that make no sense say nothing, for the code and message of the error still stand. */
export function decodeErrorDetails(bytes: Uint8Array): ErrorDetails {
  try {
    const { details } = fromBinary(StatusSchema, bytes);
    const info = detail(details, ErrorInfoSchema);
    const retry = detail(details, RetryInfoSchema)?.retryDelay;
    return {
      reason: info?.reason,
      metadata: info?.metadata ?? {},
      fieldViolations: (detail(details, BadRequestSchema)?.fieldViolations ?? []).map(({ field, description }) => ({ field, description })),
      retryAfterMs: retry === undefined ? undefined : durationMs(retry),
    };
  } catch {
    return NO_ERROR_DETAILS;
  }
}

/** Which resource a reason is about, and under which name its id stands in the facts. */
const RESOURCE_OF_REASON: Partial<Record<Reason, { readonly resourceType: string; readonly idFact: string }>> = {
  SESSION_NOT_FOUND: { resourceType: "seglog.v1.Session", idFact: "session_id" },
  SESSION_EXISTS: { resourceType: "seglog.v1.Session", idFact: "session_id" },
  SEGMENT_NOT_FOUND: { resourceType: "seglog.v1.Segment", idFact: "segment_id" },
  SEGMENT_EXISTS: { resourceType: "seglog.v1.Segment", idFact: "segment_id" },
  SEGMENT_DIFFERS: { resourceType: "seglog.v1.Segment", idFact: "segment_id" },
  BASE_NOT_FOUND: { resourceType: "seglog.v1.Segment", idFact: "segment_id" },
  TOKEN_NOT_FOUND: { resourceType: "seglog.v1.Token", idFact: "token_id" },
  HAS_DEPENDENTS: { resourceType: "seglog.v1.Segment", idFact: "segment_id" },
};

function badRequest(violations: readonly FieldViolation[]): Any[] {
  if (violations.length === 0) return [];
  const fieldViolations = violations
    .slice(0, FIELD_VIOLATIONS_MAX)
    .map(({ field, description }) => ({ field: cut(field), description: cut(description) }));
  return [anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations }))];
}

function resourceInfo(error: SeglogError): Any[] {
  const resource = RESOURCE_OF_REASON[error.reason];
  const resourceName = resource && error.metadata[resource.idFact];
  if (resource === undefined || resourceName === undefined) return [];
  return [
    anyPack(ResourceInfoSchema, create(ResourceInfoSchema, { resourceType: resource.resourceType, resourceName: cut(resourceName) })),
  ];
}

function retryInfo(retryAfterMs: number | undefined): Any[] {
  if (retryAfterMs === undefined) return [];
  return [anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }))];
}

function detail<T extends DescMessage>(details: readonly Any[], schema: T): MessageShape<T> | undefined {
  for (const any of details) {
    const message = anyUnpack(any, schema);
    if (message !== undefined) return message;
  }
  return undefined;
}

function cutValues(facts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, cut(value)]));
}

/** A cut may leave half a surrogate pair, which is no character that could be encoded. */
function cut(text: string): string {
  const short = text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX - 1)}…`;
  return short.replace(/\p{Surrogate}/gu, "\uFFFD");
}
