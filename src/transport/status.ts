import type { OutgoingHttpHeaders } from "node:http2";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { ERROR_DETAILS_TRAILER } from "../contract/error-details.js";

/** How a call went, as gRPC says it. */
export interface Status {
  readonly code: Code;
  /** For people. */
  readonly message: string;
  /** An encoded google.rpc.Status, where there is more to say. */
  readonly details?: Uint8Array;
  /** Headers that gRPC's rules want beside the status. */
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** A call that fails by the rules of gRPC itself, such as one without a message. The service's own errors are SeglogErrors. */
export class StatusError extends Error implements Status {
  override readonly name = "StatusError";
  readonly code: Code;
  readonly headers: OutgoingHttpHeaders | undefined;

  constructor(code: Code, message: string, headers?: OutgoingHttpHeaders) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** The trailers of a call that went well. */
export const OK_TRAILERS: OutgoingHttpHeaders = Object.freeze({ "grpc-status": String(Code.OK) });

/** The trailers that say how a call went. Binary ones are base64 without padding. */
export function statusTrailers({ code, message, details, headers }: Status): OutgoingHttpHeaders {
  return {
    ...headers,
    "grpc-status": String(code),
    "grpc-message": percentEncoded(message),
    ...(details !== undefined && { [ERROR_DETAILS_TRAILER]: Buffer.from(details).toString("base64").replace(/=+$/, "") }),
  };
}

/** Text as a header can hold it: all but printable ASCII in UTF-8, each byte as %XX; `%` too. */
function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, (run) => Buffer.from(run).toString("hex").toUpperCase().replace(/../g, "%$&"));
}
