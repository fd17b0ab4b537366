import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Bytes as they are. */
export type Part = Uint8Array | readonly number[];

/** Bytes of several parts, one behind the other. */
export function raw(...parts: Part[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A field of a length and so many bytes: a text, or a message of these parts. */
export function nested(number: number, ...parts: (Part | string)[]): Uint8Array {
  const body = raw(...parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part)));
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(body).finish();
}

/** A varint field, of -2^63 to 2^64 - 1. Negative values take ten bytes. */
export function varint(number: number, value: bigint | number): Uint8Array {
  return new BinaryWriter()
    .tag(number, WireType.Varint)
    .int64(BigInt.asIntN(64, BigInt(value)))
    .finish();
}

/** A field of 4 bytes that hold a float. */
export function float(number: number, value: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.Bit32).float(value).finish();
}

/** A field number and wire type, with nothing behind them. */
export function tag(number: number, wireType: number): Uint8Array {
  return new BinaryWriter().tag(number, wireType).finish();
}
