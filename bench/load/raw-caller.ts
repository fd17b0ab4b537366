import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { connect as connectSocket } from "node:net";
import { grpcMessage } from "./grpc-messages.js";

/** Room for an answer on its way. In bytes. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/** A connection on which messages go out as bytes and come back as bytes: who calls spends nothing on decoding. */
export class RawCaller {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
  }

  static async connect(socket: string): Promise<RawCaller> {
    const session = connect("http://localhost", {
      createConnection: () => connectSocket(socket),
      settings: { initialWindowSize: WINDOW_BYTES },
    });
    // Not only "connect": by then nothing was sent yet, and a daemon drops who says nothing while the bench is busy.
    await once(session, "remoteSettings");
    session.setLocalWindowSize(WINDOW_BYTES);
    return new RawCaller(session);
  }

  /** Begins a call, whose requests are to be written. Where it fails the stream has an error. */
  open(method: string): ClientHttp2Stream {
    const path = `/seglog.v1.SegmentService/${method}`;
    const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc+proto", te: "trailers" };
    const stream = this.#session.request(headers);
    // Failures that come before any answer stand in its headers, others in its trailers.
    for (const event of ["response", "trailers"] as const) {
      stream.on(event, (fields) => {
        const status = fields["grpc-status"];
        if (status !== undefined && status !== "0") stream.destroy(new Error(`${method}: ${status} ${fields["grpc-message"]}`));
      });
    }
    return stream;
  }

  /**
   * Makes a call with one request and reads its answer to the end.
   *
   * @param onBytes is given the answer's bytes, with the frames of gRPC
   * @returns how many bytes they were
   */
  async call(method: string, request: Uint8Array, onBytes: (bytes: Buffer) => void = () => {}): Promise<number> {
    const stream = this.open(method);
    let count = 0;
    stream.on("data", (bytes: Buffer) => {
      count += bytes.length;
      onBytes(bytes);
    });
    stream.end(grpcMessage(request));
    await once(stream, "close");
    return count;
  }

  close(): void {
    this.#session.destroy();
  }
}
