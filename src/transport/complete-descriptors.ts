import type { DescriptorProto, FieldDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";

/**
 * Puts right, in place, what proto-loader leaves loose in the files that it describes. Clients written in Go refuse a
 * whole service otherwise.
 *
 * - Type names are as the source has them, such as `ServingStatus`, and must be full ones.
 * - The entry type of a map has the name of its field, such as `Statuses`, and must be `StatusesEntry`.
 */
export function completeDescriptors(file: FileDescriptorProto): void {
  const scope = `.${file.package}`;
  const declared = new Set(file.enumType.map(({ name }) => `${scope}.${name}`));
  for (const message of file.messageType) declare(message, scope, declared);
  for (const message of file.messageType) completeMessage(message, scope, declared);
}

function declare(message: DescriptorProto, scope: string, declared: Set<string>): void {
  const fullName = `${scope}.${message.name}`;
  declared.add(fullName);
  for (const { name } of message.enumType) declared.add(`${fullName}.${name}`);
  for (const nested of message.nestedType) declare(nested, fullName, declared);
}

function completeMessage(message: DescriptorProto, scope: string, declared: ReadonlySet<string>): void {
  const fullName = `${scope}.${message.name}`;
  for (const field of message.field) {
    if (field.typeName !== "") field.typeName = fullTypeName(field.typeName, fullName, declared);
  }
  for (const nested of message.nestedType) {
    if (nested.options?.mapEntry) completeMapEntry(nested, `${fullName}.${nested.name}`, message.field);
    completeMessage(nested, fullName, declared);
  }
}

/** Looks a name up as protobuf does: in the innermost scope first. */
function fullTypeName(name: string, scope: string, declared: ReadonlySet<string>): string {
  if (name.startsWith(".")) return name;
  for (let within = scope; within !== ""; within = within.slice(0, within.lastIndexOf("."))) {
    const candidate = `${within}.${name}`;
    if (declared.has(candidate)) return candidate;
  }
  return `.${name}`;
}

function completeMapEntry(entry: DescriptorProto, fullName: string, fields: readonly FieldDescriptorProto[]): void {
  const field = fields.find(({ typeName }) => typeName === fullName);
  if (field === undefined || entry.name.endsWith("Entry")) return;
  entry.name = `${entry.name}Entry`;
  field.typeName = `${fullName}Entry`;
}
