import { setTimeout as delay } from "node:timers/promises";
import { FLAG, FRAME, FRAME_PAYLOAD_MAX } from "../../../../bench/load/http2-frames.js";
import { type Attack, findingUnless } from "../attack.js";
import { headersOf } from "../call-paths.js";
import { data, headers, reset } from "../frames.js";
import { openMany, RawConnection, type ReceivedFrame } from "../raw-connection.js";

const APPEND = headersOf("append");
const BYTE = Buffer.from([0]);

/** 10,000 calls that send headers and nothing else. */
const manyStreams: Attack = {
  name: "10,000 streams",
  async run({ socket, holdMs, limits }) {
    const perConnection = Math.min(1000, limits["calls_per_connection_max"] ?? 0);
    const { onFrame, counts } = answerCounter();
    const connections = await openMany(Math.ceil(10_000 / perConnection), () => RawConnection.greeted(socket, onFrame));
    await Promise.all(connections.map((connection) => openCalls(connection, perConnection)));
    await delay(holdMs);
    const opened = connections.length * perConnection;
    for (const connection of connections) connection.destroy();
    return { tried: `${opened} calls, ${connections.length} connections`, met: `${counts.answers} answered`, findings: [] };
  },
};

/** Calls above the limit of one connection, from a client that never looked at the settings. */
const tooManyStreams: Attack = {
  name: "streams above the limit",
  async run({ socket, limits }) {
    const max = limits["calls_per_connection_max"] ?? 0;
    const refused = new Set<number>();
    let hasGoAway = false;
    const connection = await RawConnection.greeted(socket, ({ type, stream }) => {
      if (type === FRAME.reset) refused.add(stream);
      if (type === FRAME.goAway) hasGoAway = true;
    });
    await openCalls(connection, max + 50);
    const isCut = await connection.isClosedWithin(2000);
    connection.destroy();
    const met = isCut ? "cut" : hasGoAway ? "sent away" : `${refused.size} refused`;
    return {
      tried: `${max + 50} calls`,
      met,
      findings: findingUnless(isCut || hasGoAway || refused.size === 50, "calls above the limit were taken"),
    };
  },
};

/** Requests that come a byte at a time, and have no end. */
const trickle: Attack = {
  name: "requests without an end",
  async run({ socket, limits }) {
    const { onFrame, counts } = answerCounter();
    const connections = await openMany(20, () => RawConnection.greeted(socket, onFrame));
    const callCount = 25 * connections.length;
    for (const connection of connections) await openCalls(connection, 25);
    const endMs = performance.now() + (limits["unary_call_ms"] ?? 0) + 3000;
    while (performance.now() < endMs && counts.answers < callCount) {
      for (const connection of connections) for (let call = 0; call < 25; call++) connection.send(data(2 * call + 1, BYTE));
      await delay(300);
    }
    for (const connection of connections) connection.destroy();
    return {
      tried: `${callCount} calls`,
      met: `${counts.answers} ended`,
      findings: findingUnless(counts.answers >= callCount, `${callCount - counts.answers} requests without an end are waited for`),
    };
  },
};

/** Requests of almost the largest size, of which the last byte never comes. */
const hugeUnfinished: Attack = {
  name: "huge requests, unfinished",
  async run({ socket, limits, holdMs }) {
    const requestBytes = limits["request_bytes_max"] ?? 0;
    const { onFrame, counts } = answerCounter();
    const connections = await openMany(4, () => RawConnection.greeted(socket, onFrame));
    let sentBytes = 0;
    const fill = async (connection: RawConnection) => {
      for (let call = 0; call < 200; call++) {
        const stream = 2 * call + 1;
        const head = Buffer.alloc(5);
        head.writeUInt32BE(requestBytes, 1);
        await connection.sendOn(Buffer.concat([headers(stream, APPEND), data(stream, head)]));
      }
      for (let round = 0; round < 200; round++) {
        for (let call = 0; call < 200; call++) {
          // Blindly, against all windows: what the daemon does not take, waits here or ends the connection.
          if (!(await connection.sendOn(data(2 * call + 1, Buffer.alloc(FRAME_PAYLOAD_MAX))))) return;
          sentBytes += FRAME_PAYLOAD_MAX;
        }
      }
    };
    await Promise.race([Promise.all(connections.map(fill)), delay(holdMs)]);
    for (const connection of connections) connection.destroy();
    return { tried: `${(sentBytes / 2 ** 20).toFixed(0)} MiB of requests`, met: `${counts.answers} refused`, findings: [] };
  },
};

/** Uploads that are given up, again and again, slowly enough for every limit. */
const givenUp: Attack = {
  name: "uploads given up",
  async run({ socket, holdMs }) {
    let givenUpCount = 0;
    const endMs = performance.now() + holdMs;
    const head = Buffer.from([0, 0, 0x10, 0, 0]);
    while (performance.now() < endMs) {
      const connection = await RawConnection.greeted(socket);
      for (let call = 0; call < 100; call++) {
        const stream = 2 * call + 1;
        connection.send(Buffer.concat([headers(stream, APPEND), data(stream, head), data(stream, Buffer.alloc(4096)), reset(stream)]));
        givenUpCount++;
      }
      await delay(20);
      connection.destroy();
    }
    return { tried: `${givenUpCount} calls`, met: "dropped", findings: [] };
  },
};

async function openCalls(connection: RawConnection, count: number): Promise<void> {
  for (let call = 0; call < count; call++) {
    if (!(await connection.sendOn(headers(2 * call + 1, APPEND)))) return;
  }
}

function answerCounter() {
  const counts = { answers: 0 };
  const onFrame = ({ type, flags }: ReceivedFrame) => {
    if (type === FRAME.headers && (flags & FLAG.endStream) !== 0) counts.answers++;
  };
  return { onFrame, counts };
}

/** Calls that are begun and not finished. */
export const UNFINISHED_CALLS: readonly Attack[] = [manyStreams, tooManyStreams, trickle, hugeUnfinished, givenUp];
