import type { Limits } from "../../src/model/limits.js";
import { serveHandlers } from "./serve-handlers.js";

/** Paths of a method that takes one request and of one that takes many, which are read in different ways. */
export const METHODS = { one: "/seglog.v1.SegmentService/GetStatus", many: "/seglog.v1.SegmentService/ImportSegment" };

/** Serves both, with requests of 1000 bytes at most unless the limits say otherwise. They answer two bytes and say that they were called. */
export async function serveOneAndMany(limits: Partial<Limits> = {}) {
  const called: string[] = [];
  const completed: string[] = [];
  const answer = (kind: string) => {
    completed.push(kind);
    return new Uint8Array([8, 9]);
  };
  const served = await serveHandlers(
    {
      getStatus: async () => {
        called.push("one");
        return answer("one");
      },
      async importSegment(_deps, requests) {
        called.push("many");
        for await (const _ of requests);
        return answer("many");
      },
    },
    { requestBytesMax: 1000, ...limits },
  );
  return { ...served, called, completed };
}

/** A message as it is sent, with a flag that says whether it is compressed. */
export function frame(flag: number, message: Buffer): Buffer {
  const head = Buffer.from([flag, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
