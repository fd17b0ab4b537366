import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { endChild, spawnBound } from "./bound-child.js";
import { appendRequest, conversationEntry } from "./conversation.js";
import { grpcMessage } from "./grpc-messages.js";

/** Ends it where nobody does, in seconds. */
const SECONDS_MAX = 120;

/** Unary appends of 600 bytes at a steady rate to a segment of their own, by h2load, until they are stopped. */
export async function startBackgroundAppends(
  socket: string,
  options: { readonly perSecond: number; readonly folder: string },
): Promise<{ stop(): Promise<void> }> {
  const client = createSegmentClient({ socket });
  const { segment } = await client.createSegment({});
  client.close();
  const body = join(options.folder, "background.bin");
  writeFileSync(body, grpcMessage(appendRequest(segment?.segmentId ?? "", conversationEntry(600))));
  const child = spawnBound(
    [
      "h2load",
      ...["-D", String(SECONDS_MAX), "--rps", String(options.perSecond), "-c", "1", "-m", "64"],
      ...["-d", body, "-H", "content-type: application/grpc+proto", "-H", "te: trailers"],
      ...["--base-uri", `unix:${socket}`, "http://localhost/seglog.v1.SegmentService/Append"],
    ],
    { stdio: "ignore" },
  );
  return { stop: () => endChild(child, "SIGKILL") };
}
