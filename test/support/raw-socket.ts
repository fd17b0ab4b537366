import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What every client of HTTP/2 says first: the preface, and settings that say nothing. */
export const GREETING = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);

/** A connection that says what a test writes, and nothing by itself, until the test is finished. */
export async function rawSocket(
  path: string,
  first: Uint8Array = Buffer.alloc(0),
): Promise<{ readonly socket: Socket; readonly closed: Promise<void> }> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), closed]); // it may be refused at once
  socket.resume();
  if (first.length > 0) socket.write(first);
  return { socket, closed };
}

/** Whether a connection is open still after some milliseconds. */
export async function staysOpen({ closed }: { readonly closed: Promise<void> }, ms: number): Promise<boolean> {
  return Promise.race([closed.then(() => false), new Promise<boolean>((resolve) => setTimeout(resolve, ms, true))]);
}
