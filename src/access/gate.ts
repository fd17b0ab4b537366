import { type Caller, DEFAULT_NAMESPACE, OPERATOR, type Role } from "../model/caller.js";
import type { SeglogError } from "../model/errors.js";

/** Who calls, and for how long that holds. */
export interface Grant {
  readonly caller: Caller;
  /** Calls back once when the grant ends, with what calls end with then. Returns its undoing. Unset where it never ends. */
  readonly onEnd?: (listener: (error: SeglogError) => void) => () => void;
}

/** What one connection has to pass: tells who calls, for each call on it. */
export interface Gate {
  /**
   * Lets in what asks for no right, such as a health check.
   *
   * @throws SeglogError ROLE where whoever connected may not be here at all
   */
  checkPeer(): void;
  /**
   * Says who calls.
   *
   * @param authorization the header of that name, where the call has one
   * @throws SeglogError BAD_TOKEN, ROLE
   */
  grant(authorization: string | undefined): Grant;
}

/** The gate of sockets that ask for nothing: whoever may connect has the socket's role. */
export function openGate(role: Role): Gate {
  const grant: Grant = { caller: callerWithoutToken(role) };
  return { checkPeer: () => {}, grant: () => grant };
}

/**
 * Who calls without a token, by the role of the socket. Only a socket of role admin is an operator's: it shows all
 * namespaces.
 */
export function callerWithoutToken(role: Role): Caller {
  return role === "admin" ? OPERATOR : { role, namespace: DEFAULT_NAMESPACE, seesAll: false };
}
