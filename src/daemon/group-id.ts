import { readFileSync } from "node:fs";
import { SocketPathError } from "./socket-errors.js";

const GROUP_FILE = "/etc/group";

/**
 * The number of a group that is given by name or number.
 *
 * @throws SocketPathError where /etc/group has no such name
 */
export function groupId(group: string): number {
  if (/^\d{1,9}$/.test(group)) return Number(group);
  for (const line of readFileSync(GROUP_FILE, "utf8").split("\n")) {
    const [name, , gid] = line.split(":");
    if (name === group && gid !== undefined) return Number(gid);
  }
  throw new SocketPathError(`there is no group ${group} in ${GROUP_FILE}; wanted one, or its number`);
}
