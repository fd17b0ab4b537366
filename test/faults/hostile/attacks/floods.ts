import { FLAG, FRAME } from "../../../../bench/load/http2-frames.js";
import { type Attack, type AttackOutcome, type AttackTarget, findingUnless } from "../attack.js";
import { headersOf } from "../call-paths.js";
import { data, frame, headers, ODD_FRAME, reset, settings, windowUpdate } from "../frames.js";
import { openMany, RawConnection } from "../raw-connection.js";

/** Frames that go out as one write. */
const FRAMES_PER_WRITE = 500;

/** How soon a flood has to be cut after the last of it was sent, in milliseconds: the daemon looks four times a second. */
const CUT_MS_MAX = 3000;

const CALL = headersOf("append");

/** Floods of frames that cost next to nothing to send. They read what comes, so that no buffer of the daemon's gives them away. */
export const FLOODS: readonly Attack[] = [
  flood("rapid reset", (i) => Buffer.concat([headers(2 * i + 1, CALL), reset(2 * i + 1)]), { count: ({ resets }) => resets }),
  flood("PINGs", () => frame(FRAME.ping, Buffer.alloc(8))),
  flood("SETTINGS", () => settings([3, 100])),
  flood("CONTINUATIONs", (i) => (i === 0 ? headers(1, CALL, 0) : frame(ODD_FRAME.continuation, Buffer.alloc(0), { stream: 1 }))),
  flood("WINDOW_UPDATEs", () => windowUpdate(1)),
  flood("PRIORITYs", () => frame(ODD_FRAME.priority, Buffer.from([0, 0, 0, 0, 9]), { stream: 3 })),
  flood("windows above 2^31", () => windowUpdate(2 ** 31 - 1)),
  flood("empty DATA", (i) => (i === 0 ? headers(1, CALL) : data(1, Buffer.alloc(0)))),
  flood("padding", (i) => (i === 0 ? headers(1, headersOf("appendStream")) : data(1, PADDED, FLAG.padded))),
];

/** A frame whose content is one byte, and the rest padding. Flow control counts it all: windows close where nobody reads it. */
const PADDED = Buffer.concat([Buffer.from([255, 0]), Buffer.alloc(255)]);

function flood(name: string, frameOf: (i: number) => Buffer, more: { count?: (sizes: AttackTarget["sizes"]) => number } = {}): Attack {
  return {
    name,
    async run({ socket, sizes }) {
      const count = more.count?.(sizes) ?? sizes.floodFrames;
      const connections = await openMany(sizes.connections, () => RawConnection.greeted(socket));
      const sent = await Promise.all(connections.map((connection) => sendFrames(connection, count, frameOf)));
      return outcomeOf({ connections, count, sent: sent.reduce((sum, each) => sum + each, 0) });
    },
  };
}

async function sendFrames(connection: RawConnection, count: number, frameOf: (i: number) => Buffer): Promise<number> {
  let sent = 0;
  while (sent < count) {
    const frames = Array.from({ length: Math.min(FRAMES_PER_WRITE, count - sent) }, (_, i) => frameOf(sent + i));
    const isOpen = await connection.sendOn(Buffer.concat(frames));
    sent += frames.length;
    if (!isOpen) break;
  }
  return sent;
}

async function outcomeOf(flooded: {
  readonly connections: readonly RawConnection[];
  readonly count: number;
  readonly sent: number;
}): Promise<AttackOutcome> {
  const { connections, count, sent } = flooded;
  const wereCut = await Promise.all(connections.map((connection) => connection.isClosedWithin(CUT_MS_MAX)));
  const cutCount = wereCut.filter(Boolean).length;
  for (const connection of connections) connection.destroy();
  return {
    tried: `${connections.length} connections x ${count}, ${sent} sent`,
    met: `${cutCount} cut`,
    findings: findingUnless(cutCount === connections.length, `${connections.length - cutCount} floods were not cut`),
  };
}
