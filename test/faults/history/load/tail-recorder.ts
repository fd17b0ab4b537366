import { TailEdge, type TailRequest, type TailResponse } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../../../src/client/client-error.js";
import type { Random } from "../../../journeys/load/random.js";
import type { TailMessage, TailScope, TailStart } from "../history.js";
import type { Caller } from "./caller.js";
import { type Recorder, seenEntry } from "./recorder.js";

/** A tail that was told nothing for so long stands still: there are heartbeats each second. In milliseconds. */
const SILENT_MS_MAX = 60_000;

/** Who begins with an index takes one below this. */
const INDEX_MAX = 50;

/** What an observer works with. */
export interface TailTools {
  readonly name: string;
  readonly caller: Caller;
  readonly recorder: Recorder;
  readonly random: Random;
  readonly scope: TailScope;
  /** Whether it begins each time somewhere else; else it goes on where it was, from the beginning of the scope. */
  readonly wanders: boolean;
}

/** Where an observer was once. */
interface Point {
  readonly token: string;
  readonly position: number;
}

/** Follows a scope, leaves and resumes by its own will and that of others, and writes down what it is given. */
export class TailRecorder {
  readonly #tools: TailTools;
  readonly #points: Point[] = [];
  readonly #done: Promise<void>;
  #leaving = new AbortController();
  #lastPosition = Number.POSITIVE_INFINITY;
  #isEnding = false;
  #calls = 0;

  constructor(tools: TailTools) {
    this.#tools = tools;
    this.#done = this.#follow();
    this.#done.catch(() => undefined); // `until` throws it
  }

  /** Resolves once it was told of everything up to a position, or at once where it wanders. */
  async until(position: number): Promise<void> {
    this.#lastPosition = position;
    this.#isEnding = true;
    if (this.#isThrough()) this.#leaving.abort();
    await this.#done;
  }

  async #follow(): Promise<void> {
    while (!this.#isThrough()) {
      this.#leaving = new AbortController();
      const silence = setInterval(() => this.#leaving.abort(new Error(`${this.#tools.name} was told nothing`)), SILENT_MS_MAX);
      try {
        await this.#followOnce(silence);
      } catch (error) {
        if (this.#isThrough()) return;
        if (error instanceof SegmentClientError && error.reason === "PAST_HEAD") continue; // the segment was cut below that index
        if (!(error instanceof SegmentClientError) || error.reason !== undefined || this.#leaving.signal.aborted) throw error;
        await this.#tools.caller.renew();
      } finally {
        clearInterval(silence);
      }
    }
  }

  async #followOnce(silence: NodeJS.Timeout): Promise<void> {
    const { name, caller, recorder, random, scope, wanders } = this.#tools;
    const { start, request } = this.#start();
    const messages: TailMessage[] = [];
    recorder.tails.push({ id: `${name}.${this.#calls++}`, scope, start, invokeNs: recorder.nowNs(), messages });
    let messagesLeft = wanders ? 1 + Math.floor(random() * 60) : 50 + Math.floor(random() * 1000);
    const tailRequest = { scope: scopeOf(scope), start: request, heartbeatInterval: { seconds: 1n } };
    for await (const response of caller.client.tail(tailRequest, { signal: this.#leaving.signal })) {
      silence.refresh();
      messages.push(messageOf(response, recorder.nowNs()));
      this.#points.push({ token: response.resumeToken, position: Number(response.position) });
      if (this.#isThrough() || --messagesLeft <= 0) return;
    }
  }

  /** Where to begin next, as it is written down and as it is asked for. */
  #start(): { readonly start: TailStart; readonly request: TailRequest["start"] } {
    const { random, scope, wanders } = this.#tools;
    const chance = wanders ? random() : 1;
    const point = wanders ? this.#points[Math.floor(random() * this.#points.length)] : this.#points.at(-1);
    if (chance < 0.25) return { start: { type: "end" }, request: { case: "edge", value: TailEdge.END } };
    if (chance < 0.4 && scope.type === "segment") {
      const index = Math.floor(random() * INDEX_MAX);
      return { start: { type: "index", index }, request: { case: "fromIndex", value: BigInt(index) } };
    }
    if (point === undefined) return { start: { type: "beginning" }, request: { case: "edge", value: TailEdge.BEGINNING } };
    const start: TailStart = { type: "after", position: point.position };
    if (chance < 0.6)
      return {
        start: point.position === 0 ? { type: "beginning" } : start,
        request: { case: "afterPosition", value: BigInt(point.position) },
      };
    return { start, request: { case: "resumeToken", value: point.token } };
  }

  #isThrough(): boolean {
    return this.#isEnding && (this.#tools.wanders || (this.#points.at(-1)?.position ?? 0) >= this.#lastPosition);
  }
}

/** A message as it is written down. */
export function messageOf({ position, event }: TailResponse, receivedNs: number): TailMessage {
  return { receivedNs, position: Number(position), event: eventOf(event) };
}

function eventOf(event: TailResponse["event"]): TailMessage["event"] {
  switch (event.case) {
    case "entries":
      return {
        type: "entries",
        entries: event.value.batches.flatMap((batch) => batch.entries.map((entry) => seenEntry(batch.segmentId, entry))),
      };
    case "segmentTruncated":
      return { type: "truncated", segmentId: event.value.segmentId, entryCount: Number(event.value.entryCount) };
    case "caughtUp":
    case "heartbeat":
      return { type: event.case };
    default:
      throw new Error(`a tail gave ${event.case}, which nobody asked for`);
  }
}

function scopeOf(scope: TailScope) {
  switch (scope.type) {
    case "store":
      return { case: "store", value: {} } as const;
    case "session":
      return { case: "sessionId", value: scope.sessionId } as const;
    case "segment":
      return { case: "segmentId", value: scope.segmentId } as const;
    default:
      return scope satisfies never;
  }
}
