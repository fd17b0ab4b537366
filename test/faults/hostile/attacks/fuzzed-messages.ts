import fc from "fast-check";
import { SegmentService } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { anyRequest, damaged } from "../../../model/arbitrary-request.js";
import type { Attack } from "../attack.js";
import { METHOD_NAMES, type MethodName, RawCalls } from "./raw-calls.js";

const IN_FLIGHT = 16;
const SAMPLES = 500;

/** The status codes that say that the daemon understood, or that the message was wrong; by google.rpc.Code. */
const GOOD_CODES = new Map([
  [0, "OK"],
  [3, "INVALID_ARGUMENT"],
  [5, "NOT_FOUND"],
  [6, "ALREADY_EXISTS"],
  [8, "RESOURCE_EXHAUSTED"],
  [9, "FAILED_PRECONDITION"],
  [10, "ABORTED"],
  [11, "OUT_OF_RANGE"],
]);

interface Message {
  readonly method: MethodName;
  readonly bytes: Uint8Array;
}

const ANY_METHOD = fc.constantFrom(...METHOD_NAMES);

/** Noise; requests with some bytes changed, to their own method and to any; and requests that are good. */
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ method: ANY_METHOD, bytes: fc.uint8Array({ maxLength: 200 }) }) },
  { weight: 4, arbitrary: damaged(anyRequest).map(({ schema, bytes }) => ({ method: methodOf(schema.typeName), bytes })) },
  { weight: 2, arbitrary: fc.tuple(ANY_METHOD, damaged(anyRequest)).map(([method, { bytes }]) => ({ method, bytes })) },
  { weight: 1, arbitrary: anyRequest.map(({ schema, bytes }) => ({ method: methodOf(schema.typeName), bytes })) },
);

/** Bytes of protobuf, and what looks like it, to every method. */
export const FUZZED_MESSAGES: Attack = {
  name: "fuzzed protobuf",
  async run({ socket, sizes, seed }) {
    const calls = new RawCalls(socket);
    const counts = new Map<number, number>();
    const findings: string[] = [];
    for (let sent = 0; sent < sizes.messages; sent += SAMPLES) {
      const left = fc.sample(anyMessage, { numRuns: Math.min(SAMPLES, sizes.messages - sent), seed: seed + sent });
      const sendOn = async () => {
        for (let message = left.pop(); message !== undefined; message = left.pop()) {
          const code = await calls.call(message.method, message.bytes);
          counts.set(code, (counts.get(code) ?? 0) + 1);
          if (!GOOD_CODES.has(code) && findings.length < 5) {
            findings.push(`${message.method} answered ${Buffer.from(message.bytes).toString("hex")} with code ${code}`);
          }
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, sendOn));
    }
    calls.close();
    const others = [...counts].filter(([code]) => code !== 0 && code !== 3).reduce((sum, [, count]) => sum + count, 0);
    return {
      tried: `${sizes.messages} messages`,
      met: `${counts.get(3) ?? 0} invalid, ${counts.get(0) ?? 0} OK, ${others} other`,
      findings,
    };
  },
};

/** Units of a stream and their requests have no method of their own. */
function methodOf(typeName: string): MethodName {
  return METHOD_NAMES.find((name) => SegmentService.method[name].input.typeName === typeName) ?? "append";
}
