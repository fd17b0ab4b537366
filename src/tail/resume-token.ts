import { createHash } from "node:crypto";
import { SeglogError } from "../model/errors.js";
import { ID_BYTES, idBytes, parseSessionId, segmentIdAt, sessionIdAt } from "../model/id.js";
import type { Sight } from "../model/namespace.js";
import type { FeedScope } from "../store/feed.js";

/** Where an observer is: in which store, following what, and how far. */
export interface ResumePoint {
  /** ULID. */
  readonly storeId: string;
  readonly scope: FeedScope;
  /** Everything in scope up to here is dealt with. */
  readonly position: number;
}

/*
 * A token is base64url of: version(1) scope(1) store(16) session(16) segment(16) position(8). Ids that a
 * scope does not have are zeros, so that all tokens are as long; that of a namespace has a digest of its name instead of a
 * session. It is not secret and not signed: what it opens is what a request may ask for anyway.
 */
const VERSION = 1;
const SCOPES = ["store", "session", "segment", "namespace"] as const;
const SESSION_AT = 2 + ID_BYTES;
const SEGMENT_AT = SESSION_AT + ID_BYTES;
const POSITION_AT = SEGMENT_AT + ID_BYTES;
const TOKEN_BYTES = POSITION_AT + 8;

/** The token of a point. */
export function encodeResumeToken({ storeId, scope, position }: ResumePoint): string {
  const bytes = Buffer.alloc(TOKEN_BYTES);
  bytes[0] = VERSION;
  bytes[1] = SCOPES.indexOf(scope.type);
  bytes.set(idBytes(parseSessionId(storeId)), 2);
  if (scope.type === "namespace") bytes.set(digestOf(scope.namespace), SESSION_AT);
  if ("sessionId" in scope) bytes.set(idBytes(scope.sessionId), SESSION_AT);
  if (scope.type === "segment") bytes.set(idBytes(scope.segmentId), SEGMENT_AT);
  bytes.writeBigUInt64BE(BigInt(position), POSITION_AT);
  return bytes.toString("base64url");
}

/**
 * Reads a token.
 *
 * @throws SeglogError BAD_RESUME_TOKEN where it is none, or of another store or namespace
 */
export function decodeResumeToken(token: string, storeId: string, sight: Sight): ResumePoint {
  const bytes = Buffer.from(token, "base64url");
  const type = SCOPES[bytes[1] ?? SCOPES.length];
  if (bytes.length !== TOKEN_BYTES || bytes[0] !== VERSION || type === undefined || bytes.toString("base64url") !== token) {
    throw badToken("is not a token of a tail");
  }
  if (!bytes.subarray(2, SESSION_AT).equals(idBytes(parseSessionId(storeId)))) {
    throw badToken("is of another store; begin anew, from the beginning or the end");
  }
  const position = Number(bytes.readBigUInt64BE(POSITION_AT));
  return { storeId, scope: scopeIn(bytes, type, sight), position };
}

function scopeIn(bytes: Buffer, type: FeedScope["type"], { namespace }: Sight): FeedScope {
  const sessionId = sessionIdAt(bytes, SESSION_AT);
  const segmentId = segmentIdAt(bytes, SEGMENT_AT);
  switch (type) {
    case "store":
      return { type };
    case "namespace":
      if (!bytes.subarray(SESSION_AT, SEGMENT_AT).equals(digestOf(namespace))) throw badToken("is of a tail with another scope");
      return { type, namespace };
    case "session":
      return { type, sessionId };
    case "segment":
      return { type, sessionId, segmentId };
    default:
      return type satisfies never;
  }
}

function digestOf(namespace: string): Buffer {
  return createHash("sha256").update(namespace).digest().subarray(0, ID_BYTES);
}

/** The token cannot be resumed from. The description reads on from "resume_token". */
export function badToken(description: string): SeglogError {
  const field = "resume_token";
  return new SeglogError("BAD_RESUME_TOKEN", `${field} ${description}`, { fieldViolations: [{ field, description }] });
}
