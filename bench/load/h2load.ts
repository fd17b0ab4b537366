import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { grpcMessage } from "./grpc-messages.js";

/** Whether the load generator is there: h2load, of Debian's nghttp2-client. It is compiled, so that it is not what is measured. */
export function hasH2load(): boolean {
  return spawnSync("h2load", ["--version"], { stdio: "ignore" }).status === 0;
}

/** What one run of unary calls gave. */
export interface UnaryRun {
  readonly callsPerSecond: number;
}

/** Unary calls to make. */
export interface UnaryCalls {
  /** A Unix socket's path, or a port of the loopback. */
  readonly socket: string | number;
  readonly path: string;
  readonly message: Uint8Array;
  readonly inFlight: number;
  readonly calls: number;
  readonly folder: string;
  /** Least that an answer comes to, on average. A refusal is a success to h2load, but has no message. In bytes. */
  readonly answerBytesMin: number;
}

/** Makes unary calls, so many at once on one connection. Fails unless every one of them succeeds. */
export function unaryCalls(options: UnaryCalls): UnaryRun {
  const { socket } = options;
  const body = join(options.folder, "request.bin");
  writeFileSync(body, grpcMessage(options.message));
  const output = execFileSync(
    "h2load",
    [
      ...["-n", String(options.calls), "-c", "1", "-m", String(Math.min(options.inFlight, options.calls)), "-t", "1"],
      ...["-d", body, "-H", "content-type: application/grpc+proto", "-H", "te: trailers"],
      ...["--base-uri", typeof socket === "string" ? `unix:${socket}` : `http://127.0.0.1:${socket}`],
      `http://localhost${options.path}`,
    ],
    { encoding: "utf8" },
  );
  const succeeded = Number(/(\d+) succeeded/.exec(output)?.[1]);
  if (succeeded !== options.calls) throw new Error(`${succeeded} of ${options.calls} calls succeeded:\n${output}`);
  const answerBytes = Number(/\((\d+)\) data/.exec(output)?.[1]);
  if (!(answerBytes >= options.answerBytesMin * options.calls)) throw new Error(`calls were refused:\n${output}`);
  return { callsPerSecond: Number(/finished in [^,]*, ([\d.]+) req\/s/.exec(output)?.[1]) };
}
