import { promisify } from "node:util";
import { gunzip, type InputType, inflate, type ZlibOptions } from "node:zlib";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { StatusError } from "./status.js";

type Inflate = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

/** `deflate` is zlib's format, as in HTTP. */
const INFLATE_OF_ENCODING = new Map<string, Inflate>([
  ["gzip", promisify<InputType, ZlibOptions, Buffer>(gunzip)],
  ["deflate", promisify<InputType, ZlibOptions, Buffer>(inflate)],
]);

/** The encodings that requests may have, as the header says it that goes with a refusal. */
const ACCEPTED = { "grpc-accept-encoding": ["identity", ...INFLATE_OF_ENCODING.keys()].join(",") };

/**
 * The bytes of a compressed message.
 *
 * @param encoding what the call's `grpc-encoding` says
 * @throws StatusError as gRPC's rules of compression want it: UNIMPLEMENTED for an encoding that is unknown here,
 *   INTERNAL where none is said or the bytes are not in it, RESOURCE_EXHAUSTED where more than `bytesMax` come out
 * @see https://github.com/grpc/grpc/blob/master/doc/compression.md
 */
export async function inflateMessage(bytes: Uint8Array, encoding: string | undefined, bytesMax: number): Promise<Uint8Array> {
  if (encoding === undefined || encoding === "identity") {
    throw new StatusError(Code.INTERNAL, "a message says that it is compressed, and the call does not say how");
  }
  const inflateBytes = INFLATE_OF_ENCODING.get(encoding);
  if (inflateBytes === undefined) throw new StatusError(Code.UNIMPLEMENTED, "the compression of the request is not known here", ACCEPTED);
  try {
    const inflated = await inflateBytes(bytes, { maxOutputLength: bytesMax });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      // as all errors of node:zlib are
      throw new StatusError(Code.RESOURCE_EXHAUSTED, `the request inflates to more than ${bytesMax} bytes`);
    }
    throw new StatusError(Code.INTERNAL, "a compressed message cannot be inflated");
  }
}
