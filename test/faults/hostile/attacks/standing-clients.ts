import { setTimeout as delay } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { grpcMessage } from "../../../../bench/load/grpc-messages.js";
import { FLAG, FRAME } from "../../../../bench/load/http2-frames.js";
import { ReadEntriesRequestSchema, TailRequestSchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { type Attack, findingUnless, type StoppedAttack } from "../attack.js";
import { headersOf } from "../call-paths.js";
import { data, headers, PREFACE, windowUpdate } from "../frames.js";
import { openMany, RawConnection } from "../raw-connection.js";

const MANY_TAILS = 100;
const STOPPED_CLIENTS = 50;
const WINDOW_MORE = 2 ** 30;

/** Tails of a full segment by clients that take nothing of them, with all the windows that there are. */
const neverReading: Attack = {
  name: "100 tails, never read",
  async run({ socket, fullSegmentId, holdMs }) {
    const request = tailOf(fullSegmentId);
    const connections = await openMany(MANY_TAILS, () => RawConnection.greeted(socket));
    for (const connection of connections) {
      connection.pause();
      connection.send(
        Buffer.concat([
          windowUpdate(WINDOW_MORE),
          headers(1, headersOf("tail")),
          data(1, request, FLAG.endStream),
          windowUpdate(WINDOW_MORE, 1),
        ]),
      );
    }
    await delay(holdMs);
    for (const connection of connections) connection.destroy();
    return { tried: `${connections.length} connections`, met: "read for at their pace", findings: [] };
  },
};

/** Calls that read a full segment, all on one connection whose windows never open. */
const unreadAnswers: Attack = {
  name: "500 reads, windows shut",
  async run({ socket, fullSegmentId, holdMs }) {
    const request = grpcMessage(toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId: fullSegmentId })));
    let refused = 0;
    const connection = await RawConnection.greeted(socket, ({ type, flags }) => {
      if (type === FRAME.headers && (flags & FLAG.endStream) !== 0) refused++;
    });
    for (let call = 0; call < 500; call++) {
      const stream = 2 * call + 1;
      await connection.sendOn(Buffer.concat([headers(stream, headersOf("readEntries")), data(stream, request, FLAG.endStream)]));
    }
    await delay(holdMs);
    connection.destroy();
    return { tried: "500 calls, 1 connection", met: `${refused} refused, the others held`, findings: [] };
  },
};

/** Clients that say nothing at all, and others that say what HTTP/2 begins with a byte at a time. */
const slowPreface: Attack = {
  name: "silent and slow to begin",
  async run({ socket, limits }) {
    const handshakeMs = limits["handshake_ms"] ?? 0;
    const silent = await openMany(100, () => RawConnection.silent(socket));
    const slow = await openMany(100, () => RawConnection.silent(socket));
    for (let at = 0; at < PREFACE.length; at++) {
      for (const connection of slow) connection.send(PREFACE.subarray(at, at + 1));
      await delay(handshakeMs / PREFACE.length / 1.5);
    }
    const all = [...silent, ...slow];
    const wereCut = await Promise.all(all.map((connection) => connection.isClosedWithin(handshakeMs + 1500)));
    const cutCount = wereCut.filter(Boolean).length;
    for (const connection of all) connection.destroy();
    return {
      tried: `${all.length} connections`,
      met: `${cutCount} cut`,
      findings: findingUnless(cutCount === all.length, `${all.length - cutCount} that never began are open after ${handshakeMs} ms`),
    };
  },
};

/** More connections than there may be, all begun well, none with a call. */
const manyConnections: Attack = {
  name: "too many connections",
  async run({ socket, holdMs, limits }) {
    const wanted = (limits["connections_max"] ?? 0) + 100;
    const connections = await openMany(wanted, () => RawConnection.greeted(socket));
    await delay(holdMs);
    const openCount = connections.filter(({ isClosed }) => !isClosed).length;
    for (const connection of connections) connection.destroy();
    return {
      tried: `${wanted} connections`,
      met: `${openCount} kept`,
      findings: findingUnless(openCount < wanted - 90, `${openCount} of ${wanted} connections are open`),
    };
  },
};

/** Processes that are stopped with tails open, as by SIGSTOP, a debugger or a frozen container. */
const stoppedClient: StoppedAttack = {
  name: "50 clients, stopped",
  isStopped: true,
  async run({ socket, fullSegmentId }) {
    const connections = await openMany(STOPPED_CLIENTS, () => RawConnection.greeted(socket));
    for (const connection of connections) {
      connection.send(Buffer.concat([headers(1, headersOf("tail")), data(1, tailOf(fullSegmentId), FLAG.endStream)]));
    }
    return { tried: `${connections.length} connections with a tail`, met: "cut", findings: [] };
  },
};

function tailOf(segmentId: string): Buffer {
  const request = create(TailRequestSchema, {
    scope: { case: "segmentId", value: segmentId },
    start: { case: "afterPosition", value: 0n },
  });
  return grpcMessage(toBinary(TailRequestSchema, request));
}

/** Clients that stand still, one way or another. */
export const STANDING_CLIENTS: readonly Attack[] = [neverReading, unreadAnswers, slowPreface, manyConnections, stoppedClient];
