// The comments of a proto file, which its descriptor keeps by the path of what they stand above.
import { escaped } from "./markdown.js";

// Field numbers of google.protobuf.FileDescriptorProto and what it is made of.
const MESSAGE = 4;
const ENUM = 5;
const SERVICE = 6;
const SYNTAX = 12;
const MESSAGE_FIELD = 2;
const MESSAGE_ONEOF = 8;
const ENUM_VALUE = 2;
const SERVICE_METHOD = 2;

/** What a file says of its parts, and where they stand in it. */
export class ProtoComments {
  #file;
  #locations = new Map();

  constructor(file) {
    this.#file = file;
    for (const location of file.proto.sourceCodeInfo?.location ?? []) this.#locations.set(location.path.join("."), location);
    if (this.#locations.size === 0) throw new Error(`the descriptor of ${file.name} holds no comments; build it with: buf build`);
  }

  /** The comment above a service, method, message, field, oneof, enum or value. */
  of(desc) {
    return textOf(this.#locationOf(desc)?.leadingComments);
  }

  /** The comment on top. */
  ofFile() {
    return textOf(this.#locations.get(String(SYNTAX))?.leadingComments);
  }

  /** The line that something begins in. */
  lineOf(desc) {
    return this.#locationOf(desc)?.span[0] ?? 0;
  }

  #locationOf(desc) {
    return this.#locations.get(this.#pathOf(desc).join("."));
  }

  #pathOf(desc) {
    const { proto } = this.#file;
    switch (desc.kind) {
      case "message":
        return [MESSAGE, proto.messageType.indexOf(desc.proto)];
      case "enum":
        return [ENUM, proto.enumType.indexOf(desc.proto)];
      case "service":
        return [SERVICE, proto.service.indexOf(desc.proto)];
      case "field":
        return [...this.#pathOf(desc.parent), MESSAGE_FIELD, desc.parent.proto.field.indexOf(desc.proto)];
      case "oneof":
        return [...this.#pathOf(desc.parent), MESSAGE_ONEOF, desc.parent.proto.oneofDecl.indexOf(desc.proto)];
      case "enum_value":
        return [...this.#pathOf(desc.parent), ENUM_VALUE, desc.parent.proto.value.indexOf(desc.proto)];
      case "rpc":
        return [...this.#pathOf(desc.parent), SERVICE_METHOD, desc.parent.proto.method.indexOf(desc.proto)];
      default:
        throw new Error(`a ${desc.kind} has no place in the page`);
    }
  }
}

/** As Markdown, in the lines of the file. */
function textOf(comment = "") {
  return escaped(comment.trim().replace(/\n +/g, "\n"));
}
