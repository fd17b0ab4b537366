import fc from "fast-check";
import { type Attack, findingUnless } from "../attack.js";
import { headersOf } from "../call-paths.js";
import { data, frame, headers, PREFACE, settings } from "../frames.js";
import { RawConnection } from "../raw-connection.js";

/** Frames of one connection. */
const FRAMES_MAX = 20;

const anyFrame = fc.oneof(
  // A frame of any type that is as long as it says.
  fc
    .record({
      type: fc.integer({ min: 0, max: 12 }),
      flags: fc.nat(255),
      stream: fc.oneof(fc.nat(9), fc.nat(2 ** 31 - 1)),
      payload: fc.uint8Array({ maxLength: 64 }),
    })
    .map(({ type, payload, ...place }) => frame(type, payload, place)),
  // Good ones, which bring the connection into states that bad ones meet.
  fc.constantFrom(settings(), settings([4, 0]), settings([5, 16_384]), settings([1, 0])),
  fc.nat(5).map((call) => headers(2 * call + 1, headersOf("append"))),
  fc
    .record({ call: fc.nat(5), bytes: fc.uint8Array({ maxLength: 40 }), flags: fc.constantFrom(0, 1, 8, 9) })
    .map(({ call, bytes, flags }) => data(2 * call + 1, bytes, flags)),
  // Headers that are no HPACK, or say odd things.
  fc
    .record({ call: fc.nat(5), block: fc.uint8Array({ maxLength: 60 }), flags: fc.constantFrom(4, 5, 0x24, 0xc) })
    .map(({ call, block, flags }) => headers(2 * call + 1, block, flags)),
  // A length that does not fit, and noise.
  fc.uint8Array({ minLength: 9, maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);

const anyConnection = fc.record({
  isGreeted: fc.boolean(),
  preface: fc.constantFrom(PREFACE, PREFACE.subarray(0, 12), Buffer.alloc(0)),
  frames: fc.array(anyFrame, { minLength: 1, maxLength: FRAMES_MAX, size: "max" }),
});

/** Connections of frames that make less and less sense. */
export const MALFORMED_FRAMES: Attack = {
  name: "malformed frames",
  async run({ socket, sizes, seed }) {
    let sent = 0;
    let connectionCount = 0;
    const at = { round: 0 };
    const attack = async () => {
      while (sent < sizes.malformedFrames) {
        const [{ isGreeted, preface, frames } = { isGreeted: true, preface: PREFACE, frames: [] }] = fc.sample(anyConnection, {
          numRuns: 1,
          seed: seed + at.round++,
        });
        const connection = isGreeted ? await RawConnection.greeted(socket) : await RawConnection.silent(socket);
        if (!isGreeted) connection.send(preface);
        sent += frames.length;
        connectionCount++;
        await connection.sendOn(Buffer.concat(frames));
        await connection.isClosedWithin(1); // in its own time: some are cut, some wait for more
        connection.destroy();
      }
    };
    await Promise.all(Array.from({ length: 16 }, attack));
    return {
      tried: `${sent} frames, ${connectionCount} connections`,
      met: "cut or ignored",
      findings: findingUnless(connectionCount > 0, "nothing was sent"),
    };
  },
};
