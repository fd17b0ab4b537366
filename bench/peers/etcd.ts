import { join } from "node:path";
import { endChild, readyOrEnded, spawnBound } from "../load/bound-child.js";
import { conversationEntry, varint } from "../load/conversation.js";
import { unaryCalls } from "../load/h2load.js";
import { freePort, untilConnectable } from "../load/until-connectable.js";
import { requiredProgram } from "./start-peer.js";

/** A store of keys. */
export interface Etcd {
  /** Puts in a second of a value of a size, so many at once on one connection. */
  putsPerSecond(load: { readonly inFlight: number; readonly entryBytes: number; readonly calls: number }): number;
  stop(): Promise<void>;
}

const PUT_PATH = "/etcdserverpb.KV/Put";

/** A PutResponse is little more than ids of cluster and member, and the revision. */
const PUT_RESPONSE_BYTES_MIN = 25;

/** Starts an etcd of one member on ports of the loopback. It flushes its log before it answers a put; puts that wait together share a flush. */
export async function startEtcd(folder: string): Promise<Etcd> {
  const program = requiredProgram("etcd");
  const port = await freePort();
  const clientUrl = `http://127.0.0.1:${port}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const settings = {
    ...{ name: "bench", "data-dir": join(folder, "etcd"), "log-level": "error", logger: "zap" },
    ...{ "listen-client-urls": clientUrl, "advertise-client-urls": clientUrl },
    ...{ "listen-peer-urls": peerUrl, "initial-advertise-peer-urls": peerUrl, "initial-cluster": `bench=${peerUrl}` },
    "quota-backend-bytes": String(8 * 2 ** 30),
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const server = spawnBound([program, ...args], { stdio: "ignore" });
  await readyOrEnded(server, untilConnectable({ host: "127.0.0.1", port }));
  return {
    putsPerSecond: ({ inFlight, entryBytes, calls }) =>
      unaryCalls({
        ...{ socket: port, path: PUT_PATH, inFlight, calls, folder, answerBytesMin: PUT_RESPONSE_BYTES_MIN },
        message: putRequest(conversationEntry(entryBytes)),
      }).callsPerSecond,
    stop: () => endChild(server, "SIGKILL"),
  };
}

/** A PutRequest: `key`, `value`. */
function putRequest(value: Uint8Array): Uint8Array {
  const key = Buffer.from("session/segment");
  return Buffer.concat([Buffer.from([0x0a, key.length]), key, Buffer.from([0x12]), varint(value.length), value]);
}
