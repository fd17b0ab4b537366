/** Bytes in front of a message: whether it is compressed, and its length. */
export const GRPC_PREFIX_BYTES = 5;

/** A message as gRPC sends it, not compressed. */
export function grpcMessage(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(GRPC_PREFIX_BYTES + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, GRPC_PREFIX_BYTES);
  return framed;
}

/** Takes a stream of gRPC apart into its messages, in whatever pieces it comes. */
export class GrpcMessageReader {
  readonly #onMessage: (message: Buffer) => void;
  #rest: Buffer | undefined;

  /** @param onMessage is given a view that is good as long as the call of it */
  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  read(piece: Buffer): void {
    const bytes = this.#rest === undefined ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (bytes.length - at >= GRPC_PREFIX_BYTES) {
      const start = at + GRPC_PREFIX_BYTES;
      const end = start + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      this.#onMessage(bytes.subarray(start, end));
      at = end;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}
