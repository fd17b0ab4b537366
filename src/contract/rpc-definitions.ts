import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";

/** A method with typed messages, as a caller needs it. */
export type TypedMethodDefinition<I, O> = Pick<
  MethodDefinition<I, O>,
  "path" | "requestStream" | "responseStream" | "requestSerialize" | "responseDeserialize"
>;

/** What grpc-js needs to call a method with typed messages. */
export function typedMethodDefinition<I extends DescMessage, O extends DescMessage>(
  method: DescMethod & { readonly input: I; readonly output: O },
): TypedMethodDefinition<MessageInitShape<I>, MessageShape<O>> {
  return {
    path: rpcPath(method),
    ...streaming(method),
    requestSerialize: (request) => asBuffer(toBinary(method.input, create(method.input, request))),
    responseDeserialize: (bytes) => fromBinary(method.output, asBytes(bytes)),
  };
}

/** What stands in `:path` of a method's calls. */
export function rpcPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function streaming(method: DescMethod): { readonly requestStream: boolean; readonly responseStream: boolean } {
  return {
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Buffer.slice shares memory where Uint8Array.slice copies: nobody behind the wire shall meet a Buffer unawares. */
function asBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
