import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Frames a message as gRPC does: not compressed, length, bytes. */
function grpcFrame(message: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

/** Whether the load generator is there: h2load, of Debian's nghttp2-client. It is compiled, so that it is not what is measured. */
export function hasH2load(): boolean {
  return spawnSync("h2load", ["--version"], { stdio: "ignore" }).status === 0;
}

/** What one run of unary calls gave. */
export interface UnaryRun {
  readonly callsPerSecond: number;
}

/** Makes unary calls over a Unix socket, so many at once on one connection. Fails unless every one of them succeeds. */
export function unaryCalls(options: {
  readonly socket: string;
  readonly path: string;
  readonly message: Uint8Array;
  readonly inFlight: number;
  readonly calls: number;
  readonly folder: string;
}): UnaryRun {
  const body = join(options.folder, "request.bin");
  writeFileSync(body, grpcFrame(options.message));
  const output = execFileSync(
    "h2load",
    [
      ...["-n", String(options.calls), "-c", "1", "-m", String(options.inFlight), "-t", "1"],
      ...["-d", body, "-H", "content-type: application/grpc+proto", "-H", "te: trailers"],
      ...["--base-uri", `unix:${options.socket}`, `http://localhost${options.path}`],
    ],
    { encoding: "utf8" },
  );
  const succeeded = Number(/(\d+) succeeded/.exec(output)?.[1]);
  if (succeeded !== options.calls) throw new Error(`${succeeded} of ${options.calls} calls succeeded:\n${output}`);
  return { callsPerSecond: Number(/finished in [^,]*, ([\d.]+) req\/s/.exec(output)?.[1]) };
}
