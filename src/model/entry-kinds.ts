import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { EntryKindSchema } from "../../gen/seglog/v1/segment_service_pb.js";

/** Field numbers of kinds in Entry by their number in EntryKind: the names agree but for case and prefix. */
const FIELD_OF_KIND: ReadonlyMap<number, number> = new Map(
  EntryKindSchema.values.flatMap(({ number, localName }) => {
    const field = EntrySchema.fields.find(({ name }) => name.toUpperCase() === localName);
    return field === undefined ? [] : [[number, field.number] as const];
  }),
);

/** A filter by kind, as field numbers of Entry; undefined where all pass. A kind that is not known matches nothing. */
export type KindFilter = ReadonlySet<number> | undefined;

/** The filter that a list of kinds asks for; an empty list lets all pass. */
export function kindFilterOf(kinds: readonly number[]): KindFilter {
  return kinds.length === 0 ? undefined : new Set(kinds.map((kind) => FIELD_OF_KIND.get(kind) ?? -1));
}
