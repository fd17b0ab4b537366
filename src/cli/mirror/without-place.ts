import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";

/** An entry as it is sent to be stored: where it is, is the target's to say. */
export function withoutPlace(entry: Entry): Entry {
  return { ...entry, index: 0n, position: 0n };
}
