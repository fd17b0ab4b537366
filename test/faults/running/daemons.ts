import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { type DaemonCommand, DaemonProcess, socketOf } from "../../journeys/daemon/daemon-process.js";
import { ONE_TRY } from "../../support/one-try.js";
import { MAIN } from "../compiled.js";

/** How a daemon of a proof is started, beside its folder. */
export type DaemonOptions = Omit<DaemonCommand, "main" | "folder">;

/** Daemons of a proof, in folders of their own under one that goes with it. */
export class Daemons {
  readonly #root: string;
  readonly #running = new Set<DaemonProcess>();
  #count = 0;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Lets a proof use some, and ends what is left of them. The folders stay to be looked at where it fails. */
  static async use<Result>(work: (daemons: Daemons) => Promise<Result>): Promise<Result> {
    const daemons = new Daemons(await mkdtemp(join(tmpdir(), "seglog-proof-")));
    try {
      const result = await work(daemons);
      await daemons.#endAll();
      await rm(daemons.#root, { recursive: true, force: true });
      return result;
    } catch (error) {
      console.error(`what it worked on is kept in ${daemons.#root}`);
      await daemons.#endAll();
      throw error;
    }
  }

  /** A new folder for a store, its socket, and what else a trial needs. */
  async folder(): Promise<string> {
    const folder = join(this.#root, String(++this.#count));
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** Removes a folder that nothing more is wanted of. */
  async forget(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Spawns one that need not come to serve. */
  spawn(folder: string, options: DaemonOptions = {}): DaemonProcess {
    const daemon = new DaemonProcess({ main: MAIN, folder, ...options });
    this.#running.add(daemon);
    void daemon.ended.then(() => this.#running.delete(daemon));
    return daemon;
  }

  /** Starts one, and resolves once it serves. */
  async start(folder: string, options: DaemonOptions = {}): Promise<DaemonProcess> {
    const daemon = this.spawn(folder, options);
    await daemon.serving();
    return daemon;
  }

  /** Lets a client call the daemon in a folder. */
  withClient<Result>(folder: string, work: (client: SegmentClient) => Promise<Result>): Promise<Result> {
    return this.withClientAt(socketOf({ folder }), work);
  }

  /** Lets a client call the daemon on a socket. */
  async withClientAt<Result>(socket: string, work: (client: SegmentClient) => Promise<Result>): Promise<Result> {
    const client = createSegmentClient({ socket }, ONE_TRY);
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }

  /** Makes a session with one segment, and gives the segment's id. */
  aSegment(folder: string): Promise<string> {
    return this.withClient(folder, async (client) => (await client.createSegment({ state: {} })).segment?.segmentId ?? "");
  }

  async #endAll(): Promise<void> {
    await Promise.all([...this.#running].map((daemon) => daemon.end("SIGKILL")));
  }
}
