/** Types of HTTP/2's frames that a client of gRPC meets. */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;

/** Flags of frames. `ack` is of settings and pings. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;

/** Bytes in front of a frame's payload. */
export const FRAME_HEADER_BYTES = 9;

/** Longest payload that every server takes. */
export const FRAME_PAYLOAD_MAX = 16_384;

/** The header of a frame. */
export function frameHeader(frame: {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payloadBytes: number;
}): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUIntBE(frame.payloadBytes, 0, 3);
  header[3] = frame.type;
  header[4] = frame.flags ?? 0;
  header.writeUInt32BE(frame.stream ?? 0, 5);
  return header;
}

/** The headers of a gRPC call: literals that are neither indexed nor compressed, so that they are the same for each call. */
export function callHeaders(path: string): Buffer {
  const fields = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "localhost",
    "content-type": "application/grpc+proto",
    te: "trailers",
  };
  return Buffer.concat(
    Object.entries(fields).map(([name, value]) =>
      Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]),
    ),
  );
}
