import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AccessRole, type TokenSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import type { LiveToken } from "../../access/live-token.js";
import { ROLES, type Role } from "../../model/caller.js";

const ACCESS_ROLES = {
  read: AccessRole.READ,
  append: AccessRole.APPEND,
  admin: AccessRole.ADMIN,
} as const satisfies Record<Role, AccessRole>;

/** A token in the contract's words. */
export function tokenMessage({ record, isEnded }: LiveToken): MessageInitShape<typeof TokenSchema> {
  const { tokenId, role, namespace, name, createMs, expireMs } = record;
  return {
    tokenId,
    role: ACCESS_ROLES[role],
    namespaceId: namespace,
    name,
    createTime: timestampFromMs(createMs),
    ...(expireMs !== undefined && { expireTime: timestampFromMs(expireMs), expired: isEnded }),
  };
}

/** A role of the contract; undefined where it is none. */
export function roleOf(accessRole: AccessRole): Role | undefined {
  return ROLES.find((role) => ACCESS_ROLES[role] === accessRole);
}
