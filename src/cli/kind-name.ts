import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";

/** What the contract calls the kind of an entry, such as `user_input`; `unknown` where it is of a newer one. */
export function kindName({ kind }: Entry): string {
  return kind.case === undefined ? "unknown" : EntrySchema.field[kind.case].name;
}
