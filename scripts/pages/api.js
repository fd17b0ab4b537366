// The page of the API: what the proto files say of each service, message and enum, in their order.
import { createFileRegistry, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { anchorOf, code, linkTo, page, table } from "./markdown.js";
import { ProtoComments } from "./proto-comments.js";

const PACKAGE = "seglog.v1";
const WELL_KNOWN = "https://protobuf.dev/reference/protobuf/google.protobuf/";

const INTRO = `# API

The contract of the daemon, package \`${PACKAGE}\`, in the words of [its proto files](../proto/seglog/v1). What a field is where
nobody sets it is what proto3 says; \`optional\` ones are told apart from that. [Concepts](concepts.md) explains the words,
[Limits](limits.md) how much of what there may be, [Access](access.md) who may call which method.`;

/** The page, from the bytes of the descriptor set. */
export function apiPage(descriptorSet) {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const registry = createFileRegistry(set);
  const files = set.file.map(({ name }) => registry.getFile(name)).filter((file) => file.proto.package === PACKAGE);
  return page("npm run proto", [INTRO, contents(files), ...files.flatMap(fileParts)]);
}

function contents(files) {
  const services = files.flatMap(({ services }) => services);
  const methods = services.map(
    (service) => `- ${linkTo(service.name)}: ${service.methods.map((m) => `[${m.name}](#${anchorOf(titleOf(m))})`).join(" · ")}`,
  );
  const types = files.map(
    (file) =>
      `- ${code(fileName(file))}: ${typesOf(file)
        .map((type) => linkTo(type.name))
        .join(" · ")}`,
  );
  return ["**Services**", "", ...methods, "", "**Messages and enums**", "", ...types].join("\n");
}

function fileParts(file) {
  const comments = new ProtoComments(file);
  return [
    `## ${fileName(file)}`,
    comments.ofFile(),
    ...file.services.flatMap((service) => serviceParts(service, comments)),
    ...typesOf(file).flatMap((type) => (type.kind === "enum" ? enumParts(type, comments) : messageParts(type, comments))),
  ];
}

function serviceParts(service, comments) {
  const methods = service.methods.flatMap((method) => [
    `### ${titleOf(method)}`,
    `${streamText(method.proto.clientStreaming)}${linkTo(method.input.name)} → ${streamText(method.proto.serverStreaming)}${linkTo(method.output.name)}`,
    comments.of(method),
  ]);
  return [`### ${service.name}`, comments.of(service), ...methods];
}

function messageParts(message, comments) {
  if (message.nestedEnums.length + message.nestedMessages.length > 0)
    throw new Error(`${message.typeName} has types in it; none are drawn`);
  const rows = message.members.flatMap((member) =>
    member.kind === "oneof"
      ? [["", `one of ${code(member.name)}`, "", comments.of(member)], ...member.fields.map((field) => fieldRow(field, comments, "· "))]
      : [fieldRow(member, comments, "")],
  );
  const fields = rows.length === 0 ? "No fields." : table(["no.", "field", "type", "what it is"], rows);
  return [`### ${message.name}`, comments.of(message), fields];
}

function fieldRow(field, comments, indent) {
  return [String(field.number), `${indent}${code(field.name)}`, typeText(field), comments.of(field)];
}

function enumParts(type, comments) {
  const rows = type.values.map((value) => [String(value.number), code(value.name), comments.of(value)]);
  return [`### ${type.name}`, comments.of(type), table(["no.", "value", "what it is"], rows)];
}

function typeText(field) {
  if (field.fieldKind === "list") return `repeated ${valueText(field.listKind, field)}`;
  if (field.fieldKind === "map") return `map of ${scalarText(field.mapKey)} to ${valueText(field.mapKind, field)}`;
  return `${field.proto.proto3Optional ? "optional " : ""}${valueText(field.fieldKind, field)}`;
}

function valueText(kind, field) {
  if (kind === "scalar") return scalarText(field.scalar);
  const { name, typeName, file } = kind === "enum" ? field.enum : field.message;
  if (file.proto.package === PACKAGE) return linkTo(name);
  return file.proto.package === "google.protobuf" ? `[${name}](${WELL_KNOWN}#${anchorOf(name)})` : code(typeName);
}

function scalarText(scalar) {
  return code(ScalarType[scalar].toLowerCase());
}

/** Messages and enums in the order in which they stand. */
function typesOf(file) {
  const comments = new ProtoComments(file);
  return [...file.messages, ...file.enums].toSorted((a, b) => comments.lineOf(a) - comments.lineOf(b));
}

function titleOf(method) {
  return `${method.parent.name}.${method.name}`;
}

function streamText(isStream) {
  return isStream ? "stream of " : "";
}

function fileName(file) {
  return `${file.name.split("/").at(-1)}.proto`;
}
