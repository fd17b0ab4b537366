import { AccessRole, type Token } from "../../../gen/seglog/v1/admin_service_pb.js";
import type { Role } from "../../model/caller.js";
import type { Column } from "../table.js";
import { timeText } from "../time-text.js";

/** Roles in the contract's words. */
export const ACCESS_ROLES = {
  read: AccessRole.READ,
  append: AccessRole.APPEND,
  admin: AccessRole.ADMIN,
} as const satisfies Record<Role, AccessRole>;

/** What a list of tokens shows. */
export const TOKEN_COLUMNS: readonly Column[] = ["TOKEN", "ROLE", "NAMESPACE", "CREATED", "EXPIRES", "NAME"].map((heading) => ({
  heading,
}));

/** A token as a row of it. */
export function tokenRow({ tokenId, role, namespaceId, createTime, expireTime, expired, name }: Token): string[] {
  const expires = expireTime === undefined ? "never" : `${timeText(expireTime)}${expired ? " (over)" : ""}`;
  return [tokenId, AccessRole[role]?.toLowerCase() ?? "?", namespaceId, timeText(createTime), expires, name];
}
