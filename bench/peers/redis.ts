import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AskedProcess } from "../load/asked-process.js";
import { endChild, readyOrEnded, spawnBound } from "../load/bound-child.js";
import { conversationEntries } from "../load/conversation.js";
import { untilConnectable } from "../load/until-connectable.js";
import type { RequestAnswers } from "./request-process.js";
import { requiredProgram } from "./start-peer.js";

/** Redis with a stream. */
export interface Redis {
  /** XADDs of values of a size in a second, so many of them sent before their answers (pipelined) on one connection. */
  xaddsPerSecond(load: { readonly inFlight: number; readonly entryBytes: number; readonly seconds: number }): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a Redis of its own on a Unix socket. `appendfsync always` flushes the log of commands before answers go out; all
 * commands of one turn of its loop share a flush. No snapshots and no rewriting of the log, which would only slow it down.
 */
export async function startRedis(folder: string): Promise<Redis> {
  const dir = join(folder, "redis");
  mkdirSync(dir);
  const socket = join(dir, "redis.sock");
  const settings = { port: "0", unixsocket: socket, dir, appendonly: "yes", appendfsync: "always", save: "" };
  const options = { ...settings, "auto-aof-rewrite-percentage": "0", loglevel: "warning", daemonize: "no" };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawnBound([requiredProgram("redis-server"), ...args], { stdio: "ignore" });
  await readyOrEnded(server, untilConnectable({ path: socket }));
  const client = await AskedProcess.start<RequestAnswers>(new URL("./request-process.js", import.meta.url));
  return {
    xaddsPerSecond: ({ inFlight, entryBytes, seconds }) =>
      client.ask("send", {
        ...{ address: { path: socket }, protocol: "redis", opening: "", inFlight, seconds },
        requests: conversationEntries(64, entryBytes).map(xadd),
      }),
    stop: async () => {
      await client.stop();
      await endChild(server, "SIGKILL");
    },
  };
}

/** XADD log * entry VALUE. */
function xadd(value: Uint8Array): Uint8Array {
  const words = ["XADD", "log", "*", "entry"].map((word) => `$${word.length}\r\n${word}\r\n`);
  return Buffer.concat([Buffer.from(`*5\r\n${words.join("")}$${value.length}\r\n`), value, Buffer.from("\r\n")]);
}
