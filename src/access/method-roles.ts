import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { type Caller, includesRole, type Role } from "../model/caller.js";
import { SeglogError } from "../model/errors.js";

/** What a method needs: a role, or an operator, who has role admin and sees all namespaces. */
type Need = Role | "operator";

/**
 * What each method of SegmentService needs. A method that is not here does not compile.
 *
 * What only looks is `read`; what only adds is `append`; what takes acknowledged entries away is `admin`. An import
 * is an `append`: it compares what is here and adds what is missing, and changes and removes nothing. A truncation
 * is not, small as it may be: what was acknowledged is gone behind it.
 */
const SEGMENT_NEEDS = {
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
} as const satisfies Record<keyof typeof SegmentService.method, Need>;

/** The same for AdminService, which is about the store as a whole: a token's holder, even an admin, has one namespace of it. */
const ADMIN_NEEDS = {
  backup: "operator",
  createToken: "operator",
  listTokens: "operator",
  revokeToken: "operator",
} as const satisfies Record<keyof typeof AdminService.method, Need>;

interface MethodNeed {
  readonly name: string;
  readonly need: Need;
}

/** The same by what stands in the path of a call. */
const NEED_OF_PATH: ReadonlyMap<string, MethodNeed> = new Map([
  ...needsByPath(SegmentService, SEGMENT_NEEDS),
  ...needsByPath(AdminService, ADMIN_NEEDS),
]);

/**
 * Lets a caller call a method.
 *
 * @param path such as `/seglog.v1.SegmentService/Append`
 * @throws SeglogError ROLE where the caller may not
 */
export function checkRole(path: string, caller: Caller): void {
  const { name, need } = NEED_OF_PATH.get(path) ?? { name: "this method", need: "operator" };
  const role = need === "operator" ? "admin" : need;
  if (includesRole(caller.role, role) && (need !== "operator" || caller.seesAll)) return;
  const wanted = need === "operator" ? "an operator: a caller without a token on a socket of role admin" : `role ${need}`;
  throw new SeglogError("ROLE", `${name} needs ${wanted}; this caller has role ${caller.role}`, {
    metadata: { method: name, role: caller.role, role_wanted: need },
  });
}

function needsByPath(service: DescService, needs: Readonly<Record<string, Need>>): (readonly [string, MethodNeed])[] {
  const pathOf = ({ name }: DescMethod) => `/${service.typeName}/${name}`;
  return service.methods.map((method) => [pathOf(method), { name: method.name, need: needs[method.localName] ?? "operator" }]);
}
