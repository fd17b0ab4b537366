import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AskedProcess } from "../load/asked-process.js";
import { endChild, readyOrEnded, spawnBound } from "../load/bound-child.js";
import { conversationEntries } from "../load/conversation.js";
import { freePort, untilConnectable } from "../load/until-connectable.js";
import type { RequestAnswers } from "./request-process.js";
import { LeftOutError, requiredProgram } from "./start-peer.js";

/** NATS with a stream of JetStream. */
export interface Nats {
  /** Publishes of a size that were acknowledged in a second, so many on their way at once on one connection. */
  publishesPerSecond(load: { readonly inFlight: number; readonly entryBytes: number; readonly seconds: number }): Promise<number>;
  stop(): Promise<void>;
}

const INBOX = "bench.inbox";
const OPENING = `CONNECT {"verbose":false,"pedantic":false}\r\nSUB ${INBOX} 1\r\n`;
const STREAM = { name: "log", subjects: ["log.entries"], storage: "file", retention: "limits", discard: "old", num_replicas: 1 };

/**
 * Starts a NATS of its own on a port of the loopback. `sync_interval: always`, which came with 2.10, flushes each
 * message before its acknowledgement; an older one acknowledges what is not on disk, and is left out.
 */
export async function startNats(folder: string): Promise<Nats> {
  const program = requiredProgram("nats-server");
  const dir = join(folder, "nats");
  mkdirSync(dir);
  const config = join(dir, "nats.conf");
  const port = await freePort();
  writeFileSync(config, `host: 127.0.0.1\nport: ${port}\njetstream { store_dir: "${dir}", sync_interval: always }\n`);
  const check = spawnSync(program, ["-t", "-c", config], { encoding: "utf8" });
  if (check.status !== 0)
    throw new LeftOutError(`this nats-server knows no sync_interval: always, and so does not flush (${versionOf(program)})`);

  const server = spawnBound([program, "-c", config], { stdio: "ignore" });
  const address = { host: "127.0.0.1", port };
  await readyOrEnded(server, untilConnectable(address));
  const client = await AskedProcess.start<RequestAnswers>(new URL("./request-process.js", import.meta.url));
  const create = publish("$JS.API.STREAM.CREATE.log", Buffer.from(JSON.stringify(STREAM)));
  const publishesPerSecond: Nats["publishesPerSecond"] = ({ inFlight, entryBytes, seconds }) =>
    client.ask("send", {
      ...{ address, protocol: "nats", opening: OPENING + create.toString("latin1"), inFlight, seconds },
      requests: conversationEntries(64, entryBytes).map((entry) => publish("log.entries", entry)),
    });
  return {
    publishesPerSecond,
    stop: async () => {
      await client.stop();
      await endChild(server, "SIGKILL");
    },
  };
}

function publish(subject: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`PUB ${subject} ${INBOX} ${payload.length}\r\n`), payload, Buffer.from("\r\n")]);
}

function versionOf(program: string): string {
  return spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim();
}
