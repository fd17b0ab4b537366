import { createRegistry, equals, fromBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";

/**
 * Whether two encoded entries say the same: by meaning, index and position left out, an unset time
 * equal to any, unknown fields by their bytes.
 */
export function isSameEntry(there: Uint8Array, given: Uint8Array): boolean {
  const [a, b] = [placeless(there), placeless(given)];
  if (a.time === undefined || b.time === undefined) {
    delete a.time;
    delete b.time;
  }
  return equals(EntrySchema, a, b, { unknown: true, registry: createRegistry() });
}

function placeless(bytes: Uint8Array): Entry {
  const entry = fromBinary(EntrySchema, bytes);
  entry.index = 0n;
  entry.position = 0n;
  return entry;
}
