import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { type Caller, includesRole, type Role } from "../model/caller.js";
import { SeglogError } from "../model/errors.js";

/**
 * The role that each method of SegmentService needs. A method that is not here does not compile.
 *
 * What only looks is `read`; what only adds is `append`; what takes acknowledged entries away is `admin`. An import
 * is an `append`: it compares what is here and adds what is missing, and changes and removes nothing. A truncation
 * is not, small as it may be: what was acknowledged is gone behind it.
 */
const ROLE_OF_METHOD = {
  createSegment: "append",
  compactSegment: "append",
  forkSegment: "append",
  forkSession: "append",
  ensureHeadOrFork: "append",
  append: "append",
  appendStream: "append",
  saveDelta: "append",
  truncateSegment: "admin",
  deleteSegment: "admin",
  deleteSession: "admin",
  importSegment: "append",
  restoreSegment: "read",
  readEntries: "read",
  tail: "read",
  getSegment: "read",
  getSession: "read",
  listSegments: "read",
  listSessions: "read",
  appendTrace: "append",
  readTrace: "read",
  getStatus: "read",
} as const satisfies Record<keyof typeof SegmentService.method, Role>;

/** The same by the names that stand in paths, such as `DeleteSession`. */
const ROLE_OF_NAME: ReadonlyMap<string, Role> = new Map(
  Object.entries(ROLE_OF_METHOD).map(([localName, role]) => [
    SegmentService.method[localName as keyof typeof ROLE_OF_METHOD].name, // entries() forgets the names
    role,
  ]),
);

/**
 * Lets a caller call a method of SegmentService.
 *
 * @param method its name in the contract
 * @throws SeglogError ROLE where the caller's role does not include the method's
 */
export function checkRole(method: string, caller: Caller): void {
  const wanted = ROLE_OF_NAME.get(method) ?? "admin";
  if (includesRole(caller.role, wanted)) return;
  throw new SeglogError("ROLE", `${method} needs role ${wanted}; this caller has ${caller.role}`, {
    metadata: { method, role: caller.role, role_wanted: wanted },
  });
}
