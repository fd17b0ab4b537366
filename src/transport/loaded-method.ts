import type { ServiceDefinition } from "@grpc/grpc-js";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { StatusError } from "./status.js";

/** A method that @grpc/proto-loader has read, with its codecs. */
export interface LoadedMethod {
  /** What stands in `:path`. */
  readonly path: string;
  /**
   * A request, as plain data of the shape that its proto says.
   *
   * @throws StatusError INTERNAL where the bytes are none, as gRPC's table of status codes wants it
   */
  decode<Request>(bytes: Uint8Array): Request;
  /** The bytes of a response. */
  encode(response: object): Uint8Array;
}

/** The methods of a definition, by name. */
export function loadedMethods<Name extends string>(definition: ServiceDefinition): Readonly<Record<Name, LoadedMethod>> {
  const methods = Object.entries(definition).map(([name, method]): [string, LoadedMethod] => {
    const decode = <Request>(bytes: Uint8Array): Request => {
      try {
        return method.requestDeserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) as Request; // as the proto says
      } catch {
        throw new StatusError(Code.INTERNAL, "the request cannot be decoded");
      }
    };
    return [name, { path: method.path, decode, encode: method.responseSerialize }];
  });
  return Object.fromEntries(methods) as Record<Name, LoadedMethod>; // the caller knows what its definition has
}
