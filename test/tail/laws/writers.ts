import { create, toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { entryFacts } from "../../../src/model/entry-facts.js";
import { isSeglogError } from "../../../src/model/errors.js";
import { parseSegmentId, parseSessionId, type SegmentId } from "../../../src/model/id.js";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import { openingOfFork, openingOfState } from "../../../src/model/opening.js";
import { assistantText, type EntryInit, systemItem, turnEnd, userInput } from "../../support/entries.js";
import type { HeldStore } from "../../support/held-store.js";
import type { Tape } from "./tape.js";

/** Few ids, so that they are taken, deleted and taken again; a session and a segment share one. */
const SHARED = "01JD000000000000000000000A";

/** The sessions that there may be. */
export const SESSIONS = [parseSessionId(SHARED), parseSessionId("01JD000000000000000000000B")] as const;

/** The segments that there may be, in either session. */
export const SEGMENTS = [
  parseSegmentId(SHARED),
  parseSegmentId("01JD00000000000000000000S1"),
  parseSegmentId("01JD00000000000000000000S2"),
  parseSegmentId("01JD00000000000000000000S3"),
] as const;

/** What writers do to a store, as a tape decides. Refusals are theirs to bear; anything else fails the run. */
export class Writers {
  readonly #law: HeldStore;
  readonly #tape: Tape;
  readonly #underWay = new Set<Promise<unknown>>();
  #written = 0;
  failure: unknown;

  constructor(law: HeldStore, tape: Tape) {
    this.#law = law;
    this.#tape = tape;
    void law.store.failure.then((error) => {
      this.failure ??= error;
    });
  }

  /** Whether every write is answered. */
  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  /** Resolves when every write is answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Begins one write. */
  move(): void {
    const tape = this.#tape;
    const { store } = this.#law;
    const segmentId = tape.pick(SEGMENTS);
    const newId = tape.pick(SEGMENTS);
    switch (tape.below(16)) {
      case 0:
        return this.#begin(store.deleteSegment({ segmentId }));
      case 1:
        return this.#begin(store.deleteSession({ sessionId: tape.pick(SESSIONS) }));
      case 2:
      case 3:
        return this.#begin(this.#cut(segmentId));
      case 4:
        return this.#begin(
          store.forkSegment({ sourceId: segmentId, segmentId: newId, at: { onMissingTurn: "head" }, opening: openingOfFork }),
        );
      case 5:
        return this.#begin(
          store.compactSegment({
            sourceId: segmentId,
            segmentId: newId,
            atTurn: undefined,
            precondition: {},
            opening: (sessionId, compactedFrom) => [openingOfState({ sessionId, history: [], compactedFrom }, DEFAULT_LIMITS)],
          }),
        );
      case 6:
      case 7:
      case 8: {
        const sessionId = tape.pick(SESSIONS);
        const opening = [openingOfState({ sessionId, history: [] }, DEFAULT_LIMITS)];
        return this.#begin(store.createSegment({ sessionId, segmentId, session: "any", opening }));
      }
      case 9:
        return this.#begin(this.#law.purgeStep());
      default:
        return this.#append(segmentId, this.#someEntries());
    }
  }

  #append(segmentId: SegmentId, entries: readonly EntryInit[]): void {
    this.#begin(this.#law.store.append({ segmentId, entries: entries.map(newEntry), precondition: {}, onConflict: { fork: false } }));
  }

  async #cut(segmentId: SegmentId): Promise<unknown> {
    const part = this.#tape.below(8) / 8;
    const { entryCount } = await this.#law.store.getSegment(segmentId);
    return this.#law.store.truncateSegment({ segmentId, entryCount: Math.ceil(entryCount * part), precondition: {} });
  }

  #someEntries(): readonly EntryInit[] {
    const make = this.#tape.pick([userInput, assistantText, systemItem]);
    const count = 1 + this.#tape.below(5);
    return Array.from({ length: count }, (_, i) => {
      this.#written++;
      return i === 1 ? turnEnd(BigInt(this.#written)) : make(`text ${this.#written}`);
    });
  }

  #begin(write: Promise<unknown>): void {
    const answer = write
      .catch((error: unknown) => {
        if (!isSeglogError(error)) this.failure ??= error;
      })
      .finally(() => this.#underWay.delete(answer));
    this.#underWay.add(answer);
  }
}

/** An entry as a write carries it. */
export function newEntry(init: EntryInit): NewEntry {
  return entryFacts(toBinary(EntrySchema, create(EntrySchema, init)));
}
