import { Role } from "../../../gen/seglog/v1/entry_pb.js";
import { SegmentClientError } from "../../../src/client/client-error.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { newId } from "../../support/a-segment.js";
import { extension, openingHistory, segmentStart, textMessage, turnEnd, userInput } from "../../support/entries.js";
import type { Connection } from "../load/connection.js";
import type { Random } from "../load/random.js";

/** Segments that are kept; above, more is deleted. */
const SEGMENTS_MAX = 40;

/** Entries of a segment when it is mostly cut back. */
const ENTRIES_MAX = 300;

/** What a load did, by what it did; what a daemon refused is under `refused`. */
export type LoadCounts = Record<string, number>;

interface Place {
  readonly sessionId: string;
  readonly segmentId: string;
}

type Act = (client: SegmentClient) => Promise<void>;

/**
 * Writes whatever can be written, at random: sessions, appends, forks, forks of forks, compactions, truncations, imports with
 * openings in parts, deletions of segments and sessions, and segments anew under ids that have been used.
 */
export class TreeLoad {
  readonly counts: LoadCounts = {};
  readonly #connection: Connection;
  readonly #random: Random;
  #places: Place[] = [];
  readonly #gone: Place[] = [];
  #textCount = 0;

  constructor(connection: Connection, random: Random) {
    this.#connection = connection;
    this.#random = random;
  }

  /** Writes until told that it is over. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const place = this.#anyPlace();
      const [name, act] = this.#choose(place);
      try {
        await act(this.#connection.client);
        this.#count(name);
      } catch (error) {
        if (!(error instanceof SegmentClientError) || error.reason === undefined) await this.#connection.reconnect(error);
        else this.#count("refused");
        // Whether a deletion that was cut off was done, nobody said.
        if (error instanceof SegmentClientError && error.reason === "SEGMENT_NOT_FOUND" && place !== undefined) this.#lose(place);
      }
    }
  }

  #choose(place: Place | undefined): readonly [string, Act] {
    if (place === undefined) return ["sessions", (client) => this.#create(client)];
    const isFull = this.#places.length > SEGMENTS_MAX;
    const acts: readonly (readonly [weight: number, name: string, act: Act])[] = [
      [isFull ? 0 : 4, "sessions", (client) => this.#create(client)],
      [60, "appends", (client) => this.#append(client, place)],
      [isFull ? 0 : 10, "forks", (client) => this.#fork(client, place)],
      [isFull ? 0 : 3, "compactions", (client) => this.#compact(client, place)],
      [6, "truncations", (client) => this.#truncate(client, place)],
      [isFull ? 10 : 5, "segments deleted", (client) => this.#deleteSegment(client, place)],
      [isFull ? 4 : 1, "sessions deleted", (client) => this.#deleteSession(client, place)],
      [3, "ids used again", (client) => this.#createAgain(client)],
      [isFull ? 0 : 2, "imports", (client) => this.#import(client)],
    ];
    let at = this.#random() * acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, name, act] of acts) {
      at -= weight;
      if (at < 0) return [name, act];
    }
    return ["appends", (client) => this.#append(client, place)];
  }

  async #create(client: SegmentClient): Promise<void> {
    const place = { sessionId: newId(), segmentId: newId() };
    this.#places.push(place);
    await client.createSegment({ ...place, state: { systemPrompt: this.#text(), history: [textMessage(Role.USER, this.#text())] } });
  }

  async #createAgain(client: SegmentClient): Promise<void> {
    const place = this.#gone.splice(this.#below(this.#gone.length), 1)[0];
    if (place === undefined) return;
    const there = this.#random() < 0.5 ? place : { ...place, sessionId: this.#anyPlace()?.sessionId ?? place.sessionId };
    this.#places.push(there);
    await client.createSegment({ ...there, state: { systemPrompt: this.#text() } });
  }

  async #append(client: SegmentClient, { segmentId }: Place): Promise<void> {
    const entries = Array.from({ length: 1 + this.#below(12) }, (_, i) => {
      const kinds = [userInput(this.#text()), turnEnd(BigInt(i)), extension("load", `{"n":${this.#textCount}}`)];
      return kinds[this.#below(kinds.length)] ?? turnEnd(0n);
    });
    const { entryCount } = await client.append({ segmentId, entries });
    if (entryCount > ENTRIES_MAX) await client.truncateSegment({ segmentId, entryCount: entryCount / 2n });
  }

  async #fork(client: SegmentClient, { sessionId, segmentId }: Place): Promise<void> {
    const newSegmentId = newId();
    const { segment } = await client.getSegment({ segmentId });
    const entryCount = BigInt(1 + this.#below(Number(segment?.entryCount ?? 1n)));
    this.#places.push({ sessionId, segmentId: newSegmentId });
    await client.forkSegment({ segmentId, newSegmentId, at: { case: "entryCount", value: entryCount } });
  }

  async #compact(client: SegmentClient, { sessionId, segmentId }: Place): Promise<void> {
    const newSegmentId = newId();
    this.#places.push({ sessionId, segmentId: newSegmentId });
    await client.compactSegment({ segmentId, newSegmentId, state: { systemPrompt: this.#text() } });
  }

  async #truncate(client: SegmentClient, { segmentId }: Place): Promise<void> {
    const { segment } = await client.getSegment({ segmentId });
    const entryCount = BigInt(1 + this.#below(Number(segment?.entryCount ?? 1n)));
    await client.truncateSegment({ segmentId, entryCount });
  }

  async #deleteSegment(client: SegmentClient, place: Place): Promise<void> {
    await client.deleteSegment({ segmentId: place.segmentId });
    this.#lose(place);
  }

  async #deleteSession(client: SegmentClient, { sessionId }: Place): Promise<void> {
    for (const place of this.#places.filter((other) => other.sessionId === sessionId)) this.#lose(place);
    await client.deleteSession({ sessionId });
  }

  /** An opening in parts, and later a start and a line that nothing understands: an Append takes none of these. */
  async #import(client: SegmentClient): Promise<void> {
    const place = { sessionId: newId(), segmentId: newId() };
    this.#places.push(place);
    const part = () => openingHistory(textMessage(Role.ASSISTANT, this.#text()));
    const foreign = { kind: { case: "foreign" as const, value: { format: "session-store.jsonl", text: this.#text() } } };
    const start = segmentStart(place.sessionId, { systemPrompt: this.#text() });
    await client.importSegment([{ ...place, entries: [start, part(), part(), turnEnd(1n), foreign, start, part()] }]);
  }

  #lose(place: Place): void {
    this.#places = this.#places.filter((other) => other !== place);
    this.#gone.push(place);
  }

  #anyPlace(): Place | undefined {
    return this.#places[this.#below(this.#places.length)];
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #text(): string {
    return `text ${this.#textCount++} ${"é".repeat(this.#below(400))}`;
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
