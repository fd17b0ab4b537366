import { type Caller, includesRole, type Role } from "../model/caller.js";
import { SeglogError } from "../model/errors.js";

/**
 * Lets a caller of a role through.
 *
 * @throws SeglogError ROLE
 */
export function requireRole(caller: Caller, wanted: Role): void {
  if (includesRole(caller.role, wanted)) return;
  throw new SeglogError("ROLE", `this is for callers of role ${wanted}; the caller has role ${caller.role}`, {
    metadata: { role: caller.role, wanted_role: wanted },
  });
}
