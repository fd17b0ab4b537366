import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** The values at a path of field numbers, in order, as their bytes stand in a message. */
export function nestedBytes(message: Uint8Array, ...path: number[]): Uint8Array[] {
  const [field, ...deeper] = path;
  if (field === undefined) return [message];
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field && wireType === WireType.LengthDelimited) found.push(...nestedBytes(reader.bytes(), ...deeper));
    else reader.skip(wireType, number);
  }
  return found;
}
