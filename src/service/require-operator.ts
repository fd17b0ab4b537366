import { type Caller, includesRole, type Role } from "../model/caller.js";
import { SeglogError } from "../model/errors.js";

/** What only an operator may do, who has to do with the store as a whole. */
const WANTED: Role = "admin";

/**
 * Lets an operator through: a caller of role admin who sees every namespace.
 *
 * @throws SeglogError ROLE
 */
export function requireOperator({ role, namespace, seesAll }: Caller): void {
  if (includesRole(role, WANTED) && seesAll) return;
  const who = seesAll ? `the caller has role ${role}` : `the caller is of namespace ${namespace}, with role ${role}`;
  throw new SeglogError("ROLE", `this is for callers of role ${WANTED} who see every namespace; ${who}`, {
    metadata: { role, wanted_role: WANTED },
  });
}
