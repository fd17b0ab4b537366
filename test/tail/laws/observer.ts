import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { TailEdge, TailRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { kindFilterOf } from "../../../src/model/entry-kinds.js";
import { isSeglogError } from "../../../src/model/errors.js";
import { parseSegmentId } from "../../../src/model/id.js";
import { WHOLE_SIGHT } from "../../../src/model/namespace.js";
import { startOfTail, type TailBeginning } from "../../../src/service/tail-start.js";
import type { FeedScope } from "../../../src/store/feed.js";
import type { TailStep } from "../../../src/tail/follow.js";
import { encodeResumeToken } from "../../../src/tail/resume-token.js";
import type { TailHub } from "../../../src/tail/tail-hub.js";
import type { HeldStore } from "../../support/held-store.js";
import { Mirror, mirrorOfStore } from "./mirror.js";
import { SteppedTail } from "./stepped-tail.js";

/** What a request names as scope. */
export type ScopeInit = NonNullable<MessageInitShape<typeof TailRequestSchema>["scope"]>;
type StartInit = NonNullable<MessageInitShape<typeof TailRequestSchema>["start"]>;

/** What an observer follows, and how. */
export interface ObserverOptions {
  readonly scope: ScopeInit;
  /** Numbers of EntryKind; all kinds where empty. */
  readonly kinds: readonly number[];
  /** Bytes of a page of the feed: the smaller, the more messages. */
  readonly pageBytes: number;
}

/** A token with what the observer had when it got it. */
export interface Checkpoint {
  readonly token: string;
  readonly scope: FeedScope;
  readonly position: number;
  readonly mirror: Mirror;
}

/** An observer that keeps a mirror of what it follows, and fails where a tail breaks a rule of the contract. */
export class Observer {
  readonly #law: HeldStore;
  readonly #hub: TailHub;
  readonly #options: ObserverOptions;
  readonly checkpoints: Checkpoint[] = [];
  #mirror = new Mirror();
  #scope: FeedScope | undefined;
  #last: Checkpoint | undefined;
  #tail: SteppedTail | undefined;
  #position = 0;
  #isCaughtUp = false;

  constructor(law: HeldStore, hub: TailHub, options: ObserverOptions, from?: Checkpoint) {
    this.#law = law;
    this.#hub = hub;
    this.#options = options;
    this.#last = from;
  }

  /** It again, on the same store that was opened anew. */
  on(law: HeldStore, hub: TailHub): Observer {
    const again = new Observer(law, hub, this.#options, this.#last);
    again.checkpoints.push(...this.checkpoints);
    return again;
  }

  get tail(): SteppedTail | undefined {
    return this.#tail;
  }

  /** Whether nothing moves until somebody moves it. */
  get isStable(): boolean {
    return this.#tail === undefined || this.#tail.isStable;
  }

  get hasToken(): boolean {
    return this.#last !== undefined;
  }

  /** Everything up to here was sent to it. */
  get position(): number {
    return this.#position;
  }

  /** Begins afresh with all that is there. */
  fromBeginning(): Promise<void> {
    return this.#begin({ case: "edge", value: TailEdge.BEGINNING }, async () => new Mirror());
  }

  /** Begins with what comes; what is there it reads from the store. */
  fromEnd(): Promise<void> {
    return this.#begin({ case: "edge", value: TailEdge.END }, (scope) => this.#stored(scope));
  }

  /** Begins with an index of the one segment that it follows, as far along it as told; what is below it reads from the store. */
  async fromIndex(portion: number): Promise<void> {
    const { scope } = this.#options;
    if (scope.case !== "segmentId") return this.fromBeginning();
    const segment = await this.#law.store.getSegment(parseSegmentId(scope.value)).catch(() => undefined);
    const index = Math.floor(portion * ((segment?.entryCount ?? 0) + 1)); // the head's end is a place to begin too
    await this.#begin({ case: "fromIndex", value: BigInt(index) }, async (found) => (await this.#stored(found)).below(index));
  }

  /** Goes on where it was, or where it was before. */
  async resume(from = this.#last): Promise<void> {
    if (from === undefined) throw new Error("an observer without a token cannot resume");
    await this.#open({ case: "resumeToken", value: from.token }, from.mirror);
  }

  /** Goes on where it was, by the position only: a scope that is gone is not found then. */
  async resumeByPosition(): Promise<void> {
    if (this.#last === undefined) throw new Error("an observer without a position cannot resume");
    try {
      await this.#open({ case: "afterPosition", value: BigInt(this.#last.position) }, this.#last.mirror);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#last = undefined;
      this.#scope = undefined;
    }
  }

  /** Leaves; what is on its way is lost. */
  leave(): void {
    this.#tail?.leave();
    this.#tail = undefined;
  }

  /** What it has, beside what it should have. */
  async comparison(): Promise<{ readonly mirrored: readonly string[]; readonly stored: readonly string[] } | undefined> {
    if (this.#scope === undefined) return undefined;
    return { mirrored: this.#mirror.lines(), stored: (await this.#stored(this.#scope)).lines() };
  }

  async #begin(start: StartInit, mirrorFor: (scope: FeedScope) => Promise<Mirror>): Promise<void> {
    try {
      await this.#open(start, undefined, mirrorFor);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#scope = undefined; // there is nothing to follow, and what was begun before came to nothing
    }
  }

  async #open(start: StartInit, mirror: Mirror | undefined, mirrorFor?: (scope: FeedScope) => Promise<Mirror>): Promise<void> {
    const { store, storeId } = this.#law;
    const request = create(TailRequestSchema, { scope: this.#options.scope, start });
    const beginning = await startOfTail(store, storeId, request, WHOLE_SIGHT);
    this.#scope = beginning.scope;
    this.#mirror = mirror?.clone() ?? (await mirrorFor?.(beginning.scope)) ?? new Mirror();
    this.#position = beginning.afterPosition;
    this.#isCaughtUp = false;
    const end = () => {
      this.#tail = undefined;
    };
    this.#tail = new SteppedTail(this.#law.feed, this.#hub, beginning, {
      kinds: kindFilterOf(this.#options.kinds),
      pageBytes: this.#options.pageBytes,
      onStep: (step) => this.#deal(step, beginning),
      onEnd: end,
    });
  }

  #deal(step: TailStep, { scope, deletion }: TailBeginning): void {
    const { store, storeId } = this.#law;
    if (step.position > store.headPosition)
      throw new Error(`position ${step.position} was sent, the last commit is at ${store.headPosition}`);
    switch (step.type) {
      case "entries":
        for (const run of step.runs) {
          const known = this.#mirror.entriesOf(run.segmentId);
          this.#check(this.#mirror.add(run), known.at(-1)?.index ?? -1);
        }
        this.#moveTo(step.position);
        break;
      case "event":
        // A scope that is gone tells of its deletion each time that it is resumed.
        if (deletion === undefined && step.position === this.#position) throw new Error(`an event came at ${step.position} again`);
        this.#moveTo(step.position);
        this.#mirror.apply(step.event);
        break;
      case "caughtUp":
        if (this.#isCaughtUp) throw new Error("caught_up came twice");
        this.#isCaughtUp = true;
        if (step.position < this.#position) throw new Error("caught_up went back");
        this.#position = step.position;
        break;
      case "heartbeat":
        throw new Error("a heartbeat came before its time");
      default:
        step satisfies never;
    }
    const token = encodeResumeToken({ storeId, scope, position: step.position });
    this.#last = { token, scope, position: step.position, mirror: this.#mirror.clone() };
    this.checkpoints.push(this.#last);
  }

  /** Entries come in order of position; in a segment without gap, unless kinds are left out. */
  #check(entries: readonly { readonly index: number; readonly position: number }[], lastIndex: number): void {
    const isWhole = this.#options.kinds.length === 0;
    let previous = lastIndex;
    for (const { index, position } of entries) {
      if (isWhole ? index !== previous + 1 : index <= previous) throw new Error(`index ${index} came after ${previous}`);
      if (position <= this.#position) throw new Error(`position ${position} came after ${this.#position}`);
      previous = index;
      this.#position = position;
    }
  }

  /** Entries of a message lie up to its position, events at it: never back. */
  #moveTo(position: number): void {
    if (position < this.#position) throw new Error(`a message of position ${position} came after ${this.#position}`);
    this.#position = position;
  }

  #stored(scope: FeedScope): Promise<Mirror> {
    return mirrorOfStore(this.#law.store, scope, kindFilterOf(this.#options.kinds));
  }
}

function isNotFound(error: unknown): boolean {
  return isSeglogError(error, "SEGMENT_NOT_FOUND") || isSeglogError(error, "SESSION_NOT_FOUND");
}
