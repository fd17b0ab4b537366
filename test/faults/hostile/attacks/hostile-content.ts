import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { FLAG, FRAME } from "../../../../bench/load/http2-frames.js";
import { AppendRequestSchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { type Attack, findingUnless } from "../attack.js";
import { headersOf } from "../call-paths.js";
import { data, headers } from "../frames.js";
import { RawConnection } from "../raw-connection.js";
import { type MethodName, RawCalls } from "./raw-calls.js";

const INVALID_ARGUMENT = 3;
const MIB = 2 ** 20;

/** Ids and texts that mean something to somebody: file systems, terminals, C, other encodings. */
export const HOSTILE_TEXTS: readonly string[] = [
  "\0",
  "01JD000000000000000000000\0",
  "../../../../etc/passwd",
  "..",
  ".",
  "/",
  "a/b",
  "%00",
  "%2e%2e%2f",
  "\u202e0123",
  "\u2066x\u2069",
  "\ufeff01JD000000000000000000000A",
  "\u001b[2J\u001b]0;owned\u0007",
  "a\r\nb",
  "x".repeat(10_240),
  "🙂".repeat(2_000),
  "__proto__",
  "constructor",
  "' OR 1=1 --",
  "$(id)",
  "{{7*7}}",
  "NaN",
  "-1",
  "1e308",
];

/** Bytes that are no UTF-8: lone surrogates, overlong forms, cut sequences. */
const NO_UTF8 = ["eda080", "edbfbf", "c080", "e08080", "f4908080", "ff", "c3", "f09f98"].map((hex) => Buffer.from(hex, "hex"));

/** Ids in every method that takes one, and bytes that are no text. */
const hostileIds: Attack = {
  name: "hostile ids and texts",
  async run({ socket }) {
    const calls = new RawCalls(socket);
    const findings: string[] = [];
    let sent = 0;
    const methods: readonly MethodName[] = [
      "getSegment",
      "deleteSegment",
      "readEntries",
      "restoreSegment",
      "readTrace",
      "append",
      "truncateSegment",
    ];
    for (const bytes of [...HOSTILE_TEXTS.map((text) => Buffer.from(text)), ...NO_UTF8]) {
      for (const method of methods) {
        const code = await calls.call(method, lengthDelimited(1, bytes));
        sent++;
        if (code !== INVALID_ARGUMENT) findings.push(`${method} answered id ${bytes.toString("hex").slice(0, 60)} with code ${code}`);
      }
    }
    calls.close();
    return { tried: `${sent} calls`, met: `${sent - findings.length} invalid`, findings };
  },
};

/** JSON and messages that are nested so deeply that whoever recurses falls. */
const depth: Attack = {
  name: "depth",
  async run({ socket, fullSegmentId }) {
    const calls = new RawCalls(socket);
    const json = (payloadJson: string) => extensionOf(fullSegmentId, payloadJson);
    const nested = (times: number) => {
      let bytes: Uint8Array = Buffer.alloc(0);
      for (let i = 0; i < times; i++) bytes = lengthDelimited(2, bytes);
      return bytes;
    };
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ["arrays", json(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
      ["open arrays", json("[".repeat(1_000_000))],
      ["objects", json(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)],
      ["a long number", json(`${"9".repeat(1_000_000)}e`)],
      ["messages", nested(2_000)],
      ["groups", Buffer.alloc(10_000, 0x0b)],
    ];
    const findings: string[] = [];
    for (const [name, bytes] of cases) {
      const code = await calls.call("append", bytes);
      if (code !== INVALID_ARGUMENT) findings.push(`depth of ${name} was answered with code ${code}`);
    }
    calls.close();
    return { tried: `${cases.length} requests`, met: `${cases.length - findings.length} invalid`, findings };
  },
};

/** Some KiB that inflate to a GiB, and messages that say that they are longer than they may be. */
const bombs: Attack = {
  name: "zip bombs, huge lengths",
  async run({ socket }) {
    const bomb = gzipSync(Buffer.alloc(1024 * MIB), { level: 9 });
    const statuses: string[] = [];
    const connection = await RawConnection.greeted(socket, ({ type, flags, payload }) => {
      if (type === FRAME.headers && (flags & FLAG.endStream) !== 0) statuses.push(payload.toString("latin1"));
    });
    const compressed = (stream: number) => {
      const head = Buffer.alloc(5);
      head[0] = 1;
      head.writeUInt32BE(bomb.length, 1);
      const chunks: Buffer[] = [headers(stream, Buffer.concat([headersOf("append"), GZIP]))];
      const body = Buffer.concat([head, bomb]);
      for (let at = 0; at < body.length; at += 16_000)
        chunks.push(data(stream, body.subarray(at, at + 16_000), at + 16_000 >= body.length ? FLAG.endStream : 0));
      return Buffer.concat(chunks);
    };
    let calls = 0;
    const stream = () => 2 * calls++ + 1;
    // A window holds no bomb whole: two of them go through each as the daemon takes them.
    await connection.sendOn(compressed(stream()));
    for (let i = 0; i < 500; i++) {
      const id = stream();
      await connection.sendOn(Buffer.concat([headers(id, headersOf("append")), data(id, Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))]));
    }
    await connection.isClosedWithin(3000);
    connection.destroy();
    return {
      tried: `${calls} calls, bomb of ${(bomb.length / MIB).toFixed(1)} MiB`,
      met: `${statuses.length} refused`,
      findings: findingUnless(statuses.length >= 500, `${calls - statuses.length} were not refused`),
    };
  },
};

/** grpc-encoding: gzip, as a literal header. */
const GZIP = Buffer.concat([Buffer.from([0, 13]), Buffer.from("grpc-encoding"), Buffer.from([4]), Buffer.from("gzip")]);

function extensionOf(segmentId: string, payloadJson: string): Uint8Array {
  const entries = [{ kind: { case: "extension", value: { domain: "x", payloadJson } } }] as const;
  return toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries: [...entries] }));
}

function lengthDelimited(field: number, bytes: Uint8Array): Buffer {
  const head: number[] = [(field << 3) | 2];
  let { length } = bytes;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  head.push(length);
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** Content that is well-formed on the wire, and means harm. */
export const HOSTILE_CONTENT: readonly Attack[] = [hostileIds, depth, bombs];
