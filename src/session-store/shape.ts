import { type Json, type JsonMember, JsonNumber, JsonObject } from "./json.js";

/** A value that the seed's reader refuses, or that the contract cannot hold. The message never repeats it. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** Where in a line something stands, and what is to be said about that line. */
export interface Place {
  /** Path from the top of the line; empty there. */
  readonly path: string;
  /** The line. */
  readonly source: string;
  /** What was read but not kept. */
  readonly notes: string[];
}

/** Reads one value in a certain form. @throws RefusedError */
export type Shape<Read> = (value: Json, place: Place) => Read;

/** Reads the members of an object, its tag left out. @throws RefusedError */
export type Variant<Read> = (members: readonly JsonMember[], place: Place) => Read;

/** One key of an object: how its value is read, and what stands for it where it is absent. */
export interface Field<Read> {
  readonly read: (member: JsonMember, place: Place) => Read;
  readonly absent: { readonly value: Read } | undefined;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type ReadFields<Of extends Fields> = { readonly [Key in keyof Of]: Of[Key] extends Field<infer Read> ? Read : never };

/** A key that must be there. */
export function required<Read>(shape: Shape<Read>): Field<Read> {
  return { read: ({ value }, place) => shape(value, place), absent: undefined };
}

/** A key that may be absent or null. */
export function optional<Read>(shape: Shape<Read>): Field<Read | undefined> {
  return {
    read: ({ value }, place) => (value === null ? undefined : shape(value, place)),
    absent: { value: undefined },
  };
}

/** A key that may be absent but not null. */
export function orElse<Read>(shape: Shape<Read>, value: Read): Field<Read> {
  return { ...required(shape), absent: { value } };
}

/** A key that must be there with any value, which is kept as it was written. */
export const verbatim: Field<string> = {
  read: ({ from, to }, place) => place.source.slice(from, to),
  absent: undefined,
};

/** A key that may be absent or null, or have any value, which is kept as it was written. */
export const optionalVerbatim: Field<string | undefined> = {
  read: (member, place) => (member.value === null ? undefined : verbatim.read(member, place)),
  absent: { value: undefined },
};

/** An object with certain keys. Others are noted; a known one that is repeated is refused. */
export function struct<Of extends Fields, Read>(fields: Of, make: (read: ReadFields<Of>) => Read): Shape<Read> {
  const read = variant(fields, make);
  return (value, place) => read(membersOf(value, place), place);
}

/** The keys of one variant of a tagged object. */
export function variant<Of extends Fields, Read>(fields: Of, make: (read: ReadFields<Of>) => Read): Variant<Read> {
  return (members, place) => make(readFields(fields, members, place));
}

/** An object whose key "kind" says which keys it has. `other` takes the kinds that are not known; they are refused without. */
export function tagged<Read>(variants: Readonly<Record<string, Variant<Read>>>, other?: Variant<Read>): Shape<Read> {
  return (value, place) => {
    const members = membersOf(value, place);
    const tags = members.filter(({ key }) => key === "kind");
    const tag = tags[0]?.value;
    if (tags.length > 1) throw refused(place, 'has the key "kind" twice');
    if (typeof tag !== "string") throw refused(place, "has no kind");
    const read = Object.hasOwn(variants, tag) ? variants[tag] : other;
    if (read === undefined) throw refused(place, "is of an unknown kind");
    return read(
      members.filter(({ key }) => key !== "kind"),
      place,
    );
  };
}

/** A list of values of one form. */
export function list<Read>(shape: Shape<Read>): Shape<Read[]> {
  return (value, place) => {
    if (!isList(value)) throw refused(place, "is not a list");
    return value.map((element, i) => shape(element, { ...place, path: `${place.path}[${i}]` }));
  };
}

/** A text. */
export const string: Shape<string> = (value, place) => {
  if (typeof value !== "string") throw refused(place, "is not a string");
  return value;
};

/** True or false. */
export const bool: Shape<boolean> = (value, place) => {
  if (typeof value !== "boolean") throw refused(place, "is not true or false");
  return value;
};

/** A text of a closed set. */
export function oneOf<Read>(names: ReadonlyMap<string, Read>): Shape<Read> {
  return (value, place) => {
    const read = names.get(string(value, place));
    if (read === undefined) throw refused(place, "is none of the known names");
    return read;
  };
}

/** An integer of 64 bits without sign. */
export const u64: Shape<bigint> = integer(0n, 2n ** 64n - 1n);

/** An integer of 32 bits without sign. */
export const u32: Shape<number> = (value, place) => Number(integer(0n, 2n ** 32n - 1n)(value, place));

/** An integer of 32 bits. */
export const i32: Shape<number> = (value, place) => Number(integer(-(2n ** 31n), 2n ** 31n - 1n)(value, place));

/** A number, as the nearest 32-bit float. The seed takes one that is too large for infinity, the contract has none. */
export const f32: Shape<number> = (value, place) => {
  if (!(value instanceof JsonNumber)) throw refused(place, "is not a number");
  const nearest = Math.fround(Number(value.text));
  if (!Number.isFinite(nearest)) throw refused(place, "is too large for a 32-bit float");
  return nearest;
};

/** The error for what stands at a place. */
export function refused(place: Place, problem: string): RefusedError {
  return new RefusedError(`${place.path === "" ? "it" : place.path} ${problem}`);
}

function integer(least: bigint, most: bigint): Shape<bigint> {
  return (value, place) => {
    // To the seed's reader -0 is a float, like 1.0 and 1e0.
    if (!(value instanceof JsonNumber) || !/^(?:0|-?[1-9][0-9]*)$/.test(value.text)) throw refused(place, "is not an integer");
    const read = value.text.length > 20 ? undefined : BigInt(value.text);
    if (read === undefined || read < least || read > most) throw refused(place, `is not from ${least} to ${most}`);
    return read;
  };
}

function readFields<Of extends Fields>(fields: Of, members: readonly JsonMember[], place: Place): ReadFields<Of> {
  const found = new Map<string, JsonMember>();
  for (const member of members) {
    if (!Object.hasOwn(fields, member.key)) place.notes.push(unknownKeyNote(member.key, place));
    else if (found.has(member.key)) throw refused(place, `has the key "${member.key}" twice`);
    else found.set(member.key, member);
  }
  const read = Object.entries(fields).map(([key, field]) => [key, readField(key, field, found.get(key), place)]);
  return Object.fromEntries(read) as ReadFields<Of>; // every key was read by the field of that key
}

function readField(key: string, field: Field<unknown>, member: JsonMember | undefined, place: Place): unknown {
  const path = place.path === "" ? key : `${place.path}.${key}`;
  if (member !== undefined) return field.read(member, { ...place, path });
  if (field.absent === undefined) throw refused(place, `lacks the key "${key}"`);
  return field.absent.value;
}

function unknownKeyNote(key: string, { path }: Place): string {
  const shown = JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
  return `the unknown key ${shown}${path === "" ? "" : ` in ${path}`} was dropped`;
}

function membersOf(value: Json, place: Place): readonly JsonMember[] {
  if (!(value instanceof JsonObject)) throw refused(place, "is not an object");
  return value.members;
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
