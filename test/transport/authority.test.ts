import { constants } from "node:http2";
import { expect, test } from "vitest";
import { callHeaders, FLAG, FRAME, frameHeader } from "../../bench/load/http2-frames.js";
import { rawCall, rawSession } from "../support/raw-call.js";
import { GREETING, rawSocket } from "../support/raw-socket.js";
import { serveHandlers } from "../support/serve-handlers.js";

const PATH = "/seglog.v1.SegmentService/GetStatus";
const HANDLERS = { getStatus: async () => new Uint8Array() };

/*
 * What clients say for `:authority` over a Unix socket, as far as it is not set by hand. The socket is the address: nothing
 * is read of it, and whatever HTTP/2 takes is taken.
 */
test.each([
  ["localhost", "grpc-js, grpc-go, tonic, and where it is set by hand"],
  ["tmp%2Fx.sock", "Python, Ruby, PHP and C++, which encode the path"],
  ["%2Ftmp%2Frun%2Fseglog.sock", "the same, with an absolute path"],
  ["unix", "older C cores"],
  ["localhost:80", "who adds a port"],
  ["[::1]:1234", "who takes it for an address"],
  ["a.host.of.nobody", "a name"],
])("an authority of %s is served (%s)", async (authority) => {
  const { socket } = await serveHandlers(HANDLERS);

  const outcome = await rawCall(rawSession(socket), { ":authority": authority }, Buffer.alloc(5));

  expect(outcome.headers).toMatchObject({ "grpc-status": "0" });
});

test("a host header in place of an authority is served", async () => {
  const { socket } = await serveHandlers(HANDLERS);

  expect(await answerTo(socket, withAuthority("host", "localhost"))).toBe("answered");
});

/* nghttp2 refuses these before anybody of ours is told: their clients must set `localhost`. */
test.each([
  ["/tmp/x.sock", "grpc-java's DomainSocketAddress and old dialers of Go"],
  ["unix:/tmp/x.sock", "who takes the whole address"],
  ["", "who sets nothing"],
])("an authority of %j is refused by HTTP/2 itself, with PROTOCOL_ERROR (%s)", async (authority) => {
  const { client, socket } = await serveHandlers(HANDLERS);

  expect(await answerTo(socket, withAuthority(":authority", authority))).toBe("PROTOCOL_ERROR");

  await client.getStatus({});
});

test("no authority at all is refused in the same way", async () => {
  const { socket } = await serveHandlers(HANDLERS);

  expect(await answerTo(socket, withAuthority(undefined, ""))).toBe("PROTOCOL_ERROR");
});

/** The headers of a call with another authority, or with none. */
function withAuthority(name: string | undefined, value: string): Buffer {
  const before = literal(":authority", "localhost");
  const headers = callHeaders(PATH);
  const at = headers.indexOf(before);
  const rest = [headers.subarray(0, at), headers.subarray(at + before.length)];
  if (name === undefined) return Buffer.concat(rest);
  // Pseudo-headers stand first; others stand behind.
  return name.startsWith(":") ? Buffer.concat([literal(name, value), ...rest]) : Buffer.concat([...rest, literal(name, value)]);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
}

/** What comes of a call with these headers. */
async function answerTo(path: string, headers: Buffer): Promise<string> {
  const { socket, closed } = await rawSocket(
    path,
    Buffer.concat([
      GREETING,
      frameHeader({ type: FRAME.headers, flags: FLAG.endHeaders, stream: 1, payloadBytes: headers.length }),
      headers,
      frameHeader({ type: FRAME.data, flags: FLAG.endStream, stream: 1, payloadBytes: 5 }),
      Buffer.alloc(5),
    ]),
  );
  let received = Buffer.alloc(0);
  return new Promise((resolve) => {
    void closed.then(() => resolve("closed"));
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      for (const { type, payload } of framesOf(received)) {
        if (type === FRAME.headers) resolve("answered");
        if (type === FRAME.reset) resolve(codeName(payload.readUInt32BE()));
      }
    });
  });
}

function codeName(code: number): string {
  return code === constants.NGHTTP2_PROTOCOL_ERROR ? "PROTOCOL_ERROR" : String(code);
}

function* framesOf(bytes: Buffer): Generator<{ readonly type: number | undefined; readonly payload: Buffer }> {
  for (let at = 0; bytes.length - at >= 9; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) return;
    yield { type: bytes[at + 3], payload: bytes.subarray(at + 9, end) };
    at = end;
  }
}
