import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";

const { HTTP_STATUS_METHOD_NOT_ALLOWED, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE } = constants;

/** The type of what calls answer. */
export const GRPC_CONTENT_TYPE = "application/grpc+proto";

const ACCEPTED_CONTENT_TYPE = /^application\/grpc(?:\+proto)?\s*(?:;|$)/i;

/**
 * The headers that refuse what is no gRPC call, which HTTP has status codes for; undefined where it is one.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function httpRefusal(headers: IncomingHttpHeaders): OutgoingHttpHeaders | undefined {
  if (headers[":method"] !== "POST") return { ":status": HTTP_STATUS_METHOD_NOT_ALLOWED, allow: "POST" };
  const type = headers["content-type"];
  const isAccepted = type === "application/grpc" || type === GRPC_CONTENT_TYPE || (type !== undefined && ACCEPTED_CONTENT_TYPE.test(type));
  return isAccepted ? undefined : { ":status": HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE };
}

/** One header of a call; undefined where it is not there. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
