import { AppendMessages, type AppendShape } from "./append-messages.js";
import { Http2Connection } from "./http2-connection.js";

const PATH = "/seglog.v1.SegmentService/Append";

/** Unary appends, so many at once on one connection. */
export interface UnaryLoad extends AppendShape {
  readonly socket: string;
  /** Appended to one after the other, call by call. */
  readonly segmentIds: readonly string[];
  readonly inFlight: number;
  readonly seconds: number;
}

/** Makes calls until the time is over, and gives how many were appended. Each must have an answer with a message: a refusal has none. */
export async function makeUnaryAppends(load: UnaryLoad): Promise<number> {
  const { socket, segmentIds, inFlight, seconds } = load;
  const connection = await Http2Connection.connect(socket);
  const messages = new AppendMessages(load, "Append");
  const endMs = performance.now() + seconds * 1000;
  let begun = 0;
  let appended = 0;
  const appendOne = () =>
    new Promise<void>((resolve, reject) => {
      let hasAnswer = false;
      const call = connection.call(PATH, {
        onMessage: () => {
          hasAnswer = true;
        },
        onEnd: () => (hasAnswer ? resolve() : reject(new Error(`an append was refused after ${appended} that were not`))),
      });
      call.send(messages.next(segmentIds[begun++ % segmentIds.length] ?? ""), true);
    });
  const appendOn = async () => {
    while (performance.now() < endMs) {
      await appendOne();
      appended++;
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, appendOn));
    return appended;
  } finally {
    connection.close();
  }
}
