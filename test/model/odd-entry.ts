import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc, { type Arbitrary } from "fast-check";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { text } from "./arbitrary-entry.js";
import { float, nested, raw, tag, varint } from "./raw-message.js";

const POD_SCOPES = ['{"allow":[{"target":"/x","permission":"read"}],"deny":[]}', '{"allow":[],"deny":[]}', '{"allow":0}'];

/** Texts that mean something to replay, which chance would hardly find. */
const TELLING_TEXTS: Readonly<Record<string, readonly string[]>> = {
  "seglog.v1.Extension.domain": ["pod.scope", "pod.scopes"],
  "seglog.v1.Extension.payload_json": POD_SCOPES,
};

const anyVarint = fc.oneof(fc.nat({ max: 3 }).map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

/** Fields of numbers that nobody uses. */
const unknownField = fc.oneof(
  fc.tuple(fc.integer({ min: 100, max: 200 }), anyVarint).map(([number, value]) => varint(number, value)),
  fc.tuple(fc.integer({ min: 100, max: 200 }), text).map(([number, value]) => nested(number, value)),
  fc.integer({ min: 100, max: 200 }).map((number) => raw(tag(number, 3), varint(101, 7), tag(number, 4))),
);

/** A message of any of its fields in any order and number, unknown ones among them: what no encoder makes and each decoder takes. */
function oddMessage(desc: DescMessage): Arbitrary<Uint8Array> {
  return fc.array(fc.oneof(unknownField, ...desc.fields.map(oddField)), { maxLength: 5 }).map((fields) => raw(...fields));
}

function oddField(field: DescField): Arbitrary<Uint8Array> {
  const { number } = field;
  if (field.message !== undefined)
    return fc.tuple(oddMessage(field.message), fc.boolean()).map(([body, isLong]) => message(number, body, isLong));
  if (field.scalar === ScalarType.STRING) return telling(field).map((value) => nested(number, value));
  if (field.scalar === ScalarType.FLOAT) return fc.float().map((value) => float(number, value));
  return anyVarint.map((value) => varint(number, value));
}

/** A message field, its length in more bytes than it needs where `isLong`. */
function message(number: number, body: Uint8Array, isLong: boolean): Uint8Array {
  if (!isLong) return nested(number, body);
  return raw(tag(number, 2), [(body.length & 0x7f) | 0x80, ((body.length >> 7) & 0x7f) | 0x80, body.length >> 14], body);
}

function telling(field: DescField): Arbitrary<string> {
  const texts = TELLING_TEXTS[`${field.parent.typeName}.${field.name}`];
  return texts === undefined ? text : fc.oneof(text, fc.constantFrom(...texts));
}

const kinds = EntrySchema.oneofs.flatMap(({ fields }) => fields);
const outputOnly = EntrySchema.fields.filter(({ oneof }) => oneof === undefined);
const beside = fc.array(fc.oneof(unknownField, ...outputOnly.map(oddField)), { maxLength: 2 });
const laterKind = fc.tuple(fc.integer({ min: 50, max: 99 }), anyVarint).map(([number, value]) => varint(number, value));

/** An encoded entry of one kind, known or not, which is as odd as a decoder has to take it, and stands among other fields. */
export const anyOddEntry = fc
  .tuple(beside, fc.oneof(laterKind, ...kinds.map(oddField)), beside)
  .map(([before, kind, behind]) => raw(...before, kind, ...behind));
