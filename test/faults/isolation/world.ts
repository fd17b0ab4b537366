import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type DescMessage, fromBinary, type JsonObject, type MessageInitShape, toBinary, toJson } from "@bufbuild/protobuf";
import { SegmentService } from "../../../gen/seglog/v1/segment_service_pb.js";
import { isSeglogError } from "../../../src/model/errors.js";
import { formatId } from "../../../src/model/id.js";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import type { ServiceDeps } from "../../../src/service/deps.js";
import type { BidiStreaming, CallContext, ClientStreaming, ServerStreaming, Unary } from "../../../src/service/handlers.js";
import { KeptStates } from "../../../src/service/kept-states.js";
import { segmentService } from "../../../src/service/segment-service.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { SharedPages } from "../../../src/tail/shared-pages.js";
import { TailHub } from "../../../src/tail/tail-hub.js";

/** A method by its camelCase name. */
export type MethodName = keyof (typeof SegmentService)["method"];

/** One call: who makes it, and its requests, one but for client streams. */
export interface Call {
  readonly namespace: string;
  /** Its number in the run. Ids that the service makes follow from it, so that they are the same in every world. */
  readonly number: number;
  readonly method: MethodName;
  readonly requests: readonly object[];
}

/** What came of a call: messages in the end, and how it failed if it did. */
export interface Answer {
  readonly messages: readonly JsonObject[];
  readonly error: JsonObject | undefined;
  /** All that was sent, to be searched for what must not be in it. */
  readonly raw: Buffer;
}

/** In memory where there is such a folder: what is on trial here is sight, and flushing would be most of the time. */
const FOLDER = process.env["SEGLOG_TEST_TMP"] ?? (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());

const STORE_ID = "01JD00000000000000000000ZZ";
const NOW_MS = 1_700_000_000_000;

/** Every world's removals take several steps, and are found under way. */
const PURGE_STEP_KEYS = 2;

/** The whole service on a store of its own, asked without a socket by callers who see one namespace each. */
export class World {
  readonly #dir: string;
  #store: SegmentStore;
  #deps: ServiceDeps;

  private constructor(dir: string, store: SegmentStore) {
    this.#dir = dir;
    this.#store = store;
    this.#deps = depsOn(store);
  }

  static async open(): Promise<World> {
    const dir = await mkdtemp(join(FOLDER, "seglog-world-"));
    return new World(dir, await openStore(dir));
  }

  /** The store as an operator has it. */
  get store(): SegmentStore {
    return this.#store;
  }

  async restart(): Promise<void> {
    await this.#store.close();
    this.#store = await openStore(this.#dir);
    this.#deps = depsOn(this.#store);
  }

  async close(): Promise<void> {
    await this.#store.close();
    await rm(this.#dir, { recursive: true });
  }

  async ask(call: Call): Promise<Answer> {
    const { input, output } = SegmentService.method[call.method];
    const chunks: Uint8Array[] = [];
    const messages: JsonObject[] = [];
    let error: JsonObject | undefined;
    try {
      for await (const bytes of this.#answers(call, input)) {
        chunks.push(bytes);
        messages.push(toJson(output, fromBinary(output, bytes), { alwaysEmitImplicit: true }) as JsonObject); // every message is an object
      }
    } catch (caught) {
      if (!isSeglogError(caught)) throw caught;
      const { reason, message, metadata, fieldViolations } = caught;
      error = { reason, message, metadata, fieldViolations: fieldViolations.map(({ field }) => field) };
    }
    return { messages, error, raw: Buffer.concat([...chunks, Buffer.from(JSON.stringify(error ?? {}))]) };
  }

  async *#answers({ namespace, number, method, requests }: Call, input: DescMessage): AsyncIterable<Uint8Array> {
    const ending = new AbortController();
    const call: CallContext = { caller: { role: "admin", namespace, seesAll: false }, connection: {}, signal: ending.signal };
    const bytes = requests.map((request) => toBinary(input, create(input, request as MessageInitShape<DescMessage>))); // made for this method
    const [first = new Uint8Array()] = bytes;
    const deps = { ...this.#deps, newId: idsOf(namespace, number) };
    const handler: unknown = segmentService[method];
    // Which of the four shapes a handler has, its descriptor says.
    switch (SegmentService.method[method].methodKind) {
      case "unary":
        yield await (handler as Unary<ServiceDeps>)(deps, first, call);
        return;
      case "server_streaming":
        for await (const answer of (handler as ServerStreaming<ServiceDeps>)(deps, first, call)) {
          yield answer;
          if (method === "tail" && hasCaughtUp(answer)) ending.abort();
        }
        return;
      case "client_streaming":
        yield await (handler as ClientStreaming<ServiceDeps>)(deps, oneByOne(bytes), call);
        return;
      case "bidi_streaming":
        for await (const group of (handler as BidiStreaming<ServiceDeps>)(deps, together(bytes), call)) yield* group;
    }
  }
}

async function openStore(dir: string): Promise<SegmentStore> {
  // Without a limit that anything comes near, but so that all is counted.
  const quotas = { defaults: { bytesMax: 2 ** 40 }, byName: new Map() };
  return openLmdbStore({ dir, newId: () => STORE_ID, quotas, mapBytes: 2 ** 32, nowMs: () => NOW_MS, purgeStepKeys: PURGE_STEP_KEYS });
}

function depsOn(store: SegmentStore): ServiceDeps {
  return {
    store,
    tails: new TailHub(store, DEFAULT_LIMITS),
    feed: new SharedPages(store),
    keptStates: new KeptStates(store, DEFAULT_LIMITS),
    limits: DEFAULT_LIMITS,
    newId: () => STORE_ID,
    nowMs: () => NOW_MS,
    version: "0.0.0",
    startMs: NOW_MS,
    stopping: new AbortController().signal,
  };
}

/** The ids of a call: no other call has one of them. */
function idsOf(namespace: string, number: number): () => string {
  let count = 0;
  return () => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, 1);
    view.setUint8(7, namespace.charCodeAt(0));
    view.setUint32(8, number);
    view.setUint32(12, ++count);
    return formatId(bytes);
  };
}

function hasCaughtUp(answer: Uint8Array): boolean {
  return fromBinary(SegmentService.method.tail.output, answer).event.case === "caughtUp";
}

async function* oneByOne(requests: readonly Uint8Array[]): AsyncIterable<readonly Uint8Array[]> {
  for (const request of requests) yield [request];
}

async function* together(requests: readonly Uint8Array[]): AsyncIterable<readonly Uint8Array[]> {
  yield requests;
}
