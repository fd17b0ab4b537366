import { randomUUID } from "node:crypto";

/** A new request id, which lets the daemon recognise a retry. */
export function newRequestId(): string {
  return randomUUID();
}
