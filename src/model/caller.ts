/** What a caller may do. Each role may do all that those before it may. */
export const ROLES = ["read", "append", "admin"] as const;

export type Role = (typeof ROLES)[number];

/** Namespace of what is created by callers without a token. */
export const DEFAULT_NAMESPACE = "default";

/** Who calls, as the socket and the token say. */
export interface Caller {
  readonly role: Role;
  /** Sessions that the caller creates belong to it. */
  readonly namespace: string;
  /** Whether sessions of other namespaces are there for the caller too: an operator's sockets, none with a token. */
  readonly seesAll: boolean;
}

/** Whoever may open a socket that asks for nothing more. */
export const OPERATOR: Caller = { role: "admin", namespace: DEFAULT_NAMESPACE, seesAll: true };

/** Whoever has not said who they are. Sees what callers without a token see, and changes nothing. */
export const STRANGER: Caller = { role: "read", namespace: DEFAULT_NAMESPACE, seesAll: false };

/** The one of two roles that may do less. */
export function lesserRole(a: Role, b: Role): Role {
  return includesRole(a, b) ? b : a;
}

/** Whether a role includes another. */
export function includesRole(has: Role, wanted: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(wanted);
}
