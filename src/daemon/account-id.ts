import { readFileSync } from "node:fs";
import { SocketPathError } from "./socket-errors.js";

/**
 * The number of a group that is given by name or number.
 *
 * @throws SocketPathError where /etc/group has no such name
 */
export function groupId(group: string): number {
  return accountId(group, { what: "group", file: "/etc/group" });
}

/**
 * The number of a user that is given by name or number.
 *
 * @throws SocketPathError where /etc/passwd has no such name
 */
export function userId(user: string): number {
  return accountId(user, { what: "user", file: "/etc/passwd" });
}

/** Both files have a name first and its number third. */
function accountId(account: string, { what, file }: { readonly what: string; readonly file: string }): number {
  if (/^\d{1,10}$/.test(account)) return Number(account);
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [name, , id] = line.split(":");
    if (name === account && id !== undefined) return Number(id);
  }
  throw new SocketPathError(`there is no ${what} ${account} in ${file}; wanted one, or its number`);
}
