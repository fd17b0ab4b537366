import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

/** What came of a call: its status from wherever it stood, or how it was refused beneath gRPC. */
export interface RawOutcome {
  /** Of the response, with the trailers among them. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** With which the stream was closed. */
  readonly resetCode: number;
}

/** Connects with plain HTTP/2, until the test is finished. */
export function rawSession(socket: string): ClientHttp2Session {
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  onTestFinished(() => session.destroy());
  session.on("error", () => {});
  return session;
}

/** Opens a call whose requests the test writes, byte by byte if it likes. What is unset of the headers is as gRPC wants it. */
export function openRawCall(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": "/seglog.v1.SegmentService/GetStatus",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => {});
  return stream;
}

/** Waits for the end of a call. */
export async function rawOutcome(stream: ClientHttp2Stream): Promise<RawOutcome> {
  let headers: RawOutcome["headers"] = {};
  const chunks: Buffer[] = [];
  for (const event of ["response", "trailers"]) stream.on(event, (received) => (headers = { ...headers, ...received }));
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (!stream.closed) await once(stream, "close").catch(() => {});
  return { headers, body: Buffer.concat(chunks), resetCode: stream.rstCode };
}

/** Makes one call with these bytes as its body. */
export function rawCall(session: ClientHttp2Session, headers: OutgoingHttpHeaders, ...body: readonly (readonly number[] | Buffer)[]) {
  const stream = openRawCall(session, headers);
  for (const bytes of body) stream.write(Buffer.from(bytes));
  stream.end();
  return rawOutcome(stream);
}
