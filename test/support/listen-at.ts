import { statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { listenOnPath } from "../../src/daemon/listen-on-path.js";
import type { Listening } from "../../src/daemon/listening.js";
import { createLogger } from "../../src/daemon/log.js";
import { type Child, nodeChild } from "./child.js";

/** How to listen. */
export interface ListenAtOptions {
  readonly socketMode?: number;
  readonly socketGroup?: string;
  /** Whether connections are answered and ended. */
  readonly greet?: boolean;
}

/** Listens on a path, greets every connection with "hello", and closes when the test is over. */
export async function listenAt(
  socketPath: string,
  options: ListenAtOptions = {},
): Promise<{ listening: Listening; logged: readonly string[] }> {
  const { socketMode = 0o600, socketGroup, greet = true } = options;
  const logged: string[] = [];
  const log = createLogger({ format: "text", level: "debug", write: (line) => logged.push(line) });
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // whoever only looks whether somebody listens does not read
    if (greet) socket.end("hello");
  });
  const listening = await listenOnPath({ server, socketPath, socketMode, socketGroup, log });
  onTestFinished(() => listening.close());
  return { listening, logged };
}

/** Path of the socket in a folder. */
export function socketIn(folder: string): string {
  return join(folder, "seglog.sock");
}

/** A server of another process, which greets with "other". */
export async function otherServer(path: string): Promise<Child> {
  const child = nodeChild(`
    import { createServer } from "node:net";
    createServer((socket) => socket.on("error", () => {}).end("other")).listen(${JSON.stringify(path)}, () => console.log("listening"));`);
  await child.line();
  return child;
}

/** What a server says on a connection until it ends it. */
export function greetingAt(path: string): Promise<string> {
  return text(connect(path));
}

/** Permissions in octal digits. */
export function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}
